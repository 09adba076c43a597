"""The commands of `minerals`: one module each, named like its command."""
