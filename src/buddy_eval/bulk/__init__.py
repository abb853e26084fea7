"""Text of any size: files divided into parts, each part coded as a stream, on this machine or on a cluster."""
