"""The library under the suite: facts about container images, and the commands that gather them."""
