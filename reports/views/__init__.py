"""HTTP of this app, one module for each page."""
