"""What Cerberus Gateway adds to LiteLLM: safety limits, the approval gate and the audit log.

Runs in the LiteLLM image, inside the proxy and as services of its own. Nothing here is installed: the folder is mounted
beside config.yaml and found through PYTHONPATH.
"""
