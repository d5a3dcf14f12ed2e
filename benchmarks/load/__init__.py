"""A client that loads a service, light enough to share two cores with it, and the service to be loaded."""
