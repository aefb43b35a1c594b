"""Switch fabrics: sizes of bare ones, and the port map of those of a site.

Folded Clos networks in two or three tiers and several planes. `Plan` says what is asked for, `size`
what has to be built for it, without a site: whole numbers in, whole numbers out. How the fabrics of
a layout become switches stands in `twin.site.fabrics`; `port_map` tells which port joins which.
"""
