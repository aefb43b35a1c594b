"""Switch fabrics by themselves: how many switches and links, and which leaf a link goes to.

Folded Clos networks in two or three tiers and several planes, without a site: whole numbers in,
whole numbers out. `Plan` says what is asked for, `size` what has to be built for it.
"""
