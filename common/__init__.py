"""The cellar: words and arithmetic every floor needs. No models, and imports nothing of ours."""
