"""The commands of `minerals`: one module each, with the name of its command."""
