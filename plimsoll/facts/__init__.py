"""Facts: what rules judge, each gathered once and never judged here."""
