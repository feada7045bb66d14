"""What a copied app no longer says of its ladder, in texts of every shape that people write."""

import tomllib

import pytest

from workshop import ladders

README = """\
# mine

Small, and [seven steps](ladder/ubuntu.Dockerfile) led to it.

## The images

A table.

## The ladder

| rung | what changes |
| --- | --- |
| [ubuntu](ladder/ubuntu.Dockerfile) | nothing |

### What it teaches

Much.

## Why

Since [the licence](../LICENSE) says so.
"""


def test_a_readme_loses_that_section_and_links_elsewhere():
    assert ladders.readme(README) == (
        "# mine\n\nSmall, and seven steps led to it.\n\n## The images\n\nA table.\n\n"
        "## Why\n\nSince [the licence](../LICENSE) says so.\n"
    )


def test_a_readme_may_end_with_that_section():
    assert ladders.readme(README.partition("## Why")[0]).endswith("A table.\n")


def test_a_readme_without_a_ladder_stays_as_it_is():
    text = "# mine\n\n## The ladders of others\n\n[Why](WHY.md)\n"
    assert ladders.readme(text) == text


EXPECTATIONS = """\
# What is expected.
port = 8080

[variant.prod]
max_size = "7 MB"  # of one binary

# The ladder, in the order
# in which a reader climbs.

[variant.ubuntu]
max_size = "1 GB"

[variant.ubuntu.waive]
runs_as_a_numeric_non_root_user = "shown as people write it"

# The last.
[variant."scratch"]
max_size = "20 MB"

# Compared.
[bench]
edit = "router.go"
"""


def test_expectations_lose_the_tables_of_the_rungs_with_the_comments_that_lead_to_them():
    left = ladders.expectations(EXPECTATIONS, {"ubuntu", "scratch"})
    assert left == (
        '# What is expected.\nport = 8080\n\n[variant.prod]\nmax_size = "7 MB"  # of one binary\n\n'
        '# Compared.\n[bench]\nedit = "router.go"\n'
    )


@pytest.mark.parametrize("rungs", [set(), {"ubuntu"}, {"scratch"}, {"prod", "ubuntu", "scratch"}])
def test_expectations_lose_no_other_table(rungs):
    before = tomllib.loads(EXPECTATIONS)
    variants = {name: table for name, table in before.pop("variant").items() if name not in rungs}
    left = tomllib.loads(ladders.expectations(EXPECTATIONS, rungs))
    assert left == {**before, **({"variant": variants} if variants else {})}


def test_expectations_without_tables_stay_as_they_are():
    assert ladders.expectations("# None.\nport = 80\n", {"ubuntu"}) == "# None.\nport = 80\n"


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ("[go.mod, Dockerfile*, ladder/]", "[go.mod, Dockerfile*]"),
        ("[go.mod, ladder/, Dockerfile*]", "[go.mod, Dockerfile*]"),
        ("[ladder/, go.mod]  # not watched", "[go.mod]  # not watched"),
        ("[ladder/]", "[]"),
        ("['ladder/', \"go.mod\"]", '["go.mod"]'),
        ("[my-ladder/, ladder/deep]", "[my-ladder/, ladder/deep]"),
        (
            "\n      - go.mod\n      # Not these.\n      - ladder/\n      - x",
            "\n      - go.mod\n      # Not these.\n      - x",
        ),
    ],
)
def test_a_service_does_not_leave_alone_what_there_is_not(ignore, left):
    service = ladders.service(f"mine:\n  develop:\n    ignore: {ignore}\n  # The end.\n")
    assert service == f"mine:\n  develop:\n    ignore: {left}\n  # The end.\n"
