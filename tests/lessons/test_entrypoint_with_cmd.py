"""ENTRYPOINT is what runs, CMD what it is given unless somebody says otherwise."""


def test_without_arguments_the_default_ones_are_taken(build_image, said):
    assert said(build_image(".")) == "10 t of ballast"


def test_arguments_take_the_place_of_cmd_only(build_image, said):
    assert said(build_image("."), "20 t") == "20 t of ballast"


def test_another_entrypoint_takes_the_place_of_both(build_image, said):
    assert said(build_image("."), entrypoint=["echo"]) == ""
    assert said(build_image("."), "adrift", entrypoint=["echo"]) == "adrift"
