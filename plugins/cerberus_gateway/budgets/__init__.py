"""Budgets of the whole gateway and of providers, held to the cent.

LiteLLM looks at what was spent before a request and adds its cost afterwards, so that everything in flight can
overshoot these two. Here the most that a call can cost is reserved before it is made, in one step for all replicas, and
replaced by its real cost afterwards. Budgets of keys, teams and users are LiteLLM's own, which reserves for those.
"""
