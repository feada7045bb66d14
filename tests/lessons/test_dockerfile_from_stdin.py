"""A Dockerfile from standard input, with a folder beside it and without."""


def test_without_a_context_nothing_but_the_dockerfile_is_sent(build_image, lesson, said):
    text = (lesson / "without-context.Dockerfile").read_text()
    assert said(build_image("-", stdin=text)) == "hello, from no file at all"


def test_with_a_context_its_files_can_be_copied(build_image, lesson, said):
    text = (lesson / "with-context.Dockerfile").read_text()
    assert said(build_image("--file=-", ".", stdin=text)) == "hello, from the context"


def test_without_a_context_there_is_no_file_to_copy(docker_build, lesson):
    text = (lesson / "with-context.Dockerfile").read_text()
    record = docker_build("--output=type=cacheonly", "-", stdin=text)
    assert record.code != 0
    assert '"/greeting.txt": not found' in record.failure
