module example.org/plimsoll/go-translate

go 1.26
