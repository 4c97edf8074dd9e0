"""What the workflow itself needs: code digests, devices, drivers and queues, provenance."""
