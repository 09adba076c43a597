"""The publication as a service for readers who do not open the file: HTTP, and the Model Context Protocol."""
