"""`COPY --from` takes a file out of an image that is otherwise not used."""

from plimsoll.facts.image import image


def test_of_the_other_images_only_the_named_files_come(build_image, said):
    name = build_image(".")
    base = image.read("busybox:1.37-musl")
    layers = image.read(name).layers
    assert [layer.digest for layer in layers[: len(base.layers)]] == [layer.digest for layer in base.layers]
    added = [entry.path for layer in layers[len(base.layers) :] for entry in layer.entries if entry.kind == "file"]
    assert added == ["bin/probe", "etc/mime.types"]
    assert "usage" in said(name).lower()


def test_the_copy_is_the_file_itself(build_image):
    ours, theirs = dict(image.contents(build_image("."))), dict(image.contents("plimsoll/rust-cli:prod"))
    assert ours["bin/probe"] == theirs["probe"]
