"""What every room stands on: errors, files, numbers, the manifest, YAML with its lines."""
