CREATE TABLE tides (port text NOT NULL, high_water timestamptz NOT NULL);
