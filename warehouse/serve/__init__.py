"""The published file for readers who do not open it themselves: HTTP, and the Model Context Protocol."""
