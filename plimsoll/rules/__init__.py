"""The rules, each a short function in the file of its subject: a promise by its name, a reason by its docstring."""
