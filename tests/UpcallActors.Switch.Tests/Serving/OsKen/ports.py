"""Ports, their queues, and tables."""

ABSENT = 99


def ports(talk):
    """How ports are, and what they have counted."""
    ofp = talk.ofp
    described = talk.ask("port desc", talk.new("OFPPortDescStatsRequest", 0))
    if talk.minor >= 5:
        talk.ask("port desc of one", talk.new("OFPPortDescStatsRequest", 0, 2))
        talk.ask("port desc of none", talk.new("OFPPortDescStatsRequest", 0, ABSENT))
    for name, port in [("all", ofp.OFPP_ANY), ("one", 1), ("local", ofp.OFPP_LOCAL), ("none", ABSENT)]:
        talk.ask(f"port stats of {name}", talk.new("OFPPortStatsRequest", 0, port))
    address = next(port.hw_addr for reply in described for port in reply.body if port.port_no == 1)
    change_ports(talk, address)


def change_ports(talk, address):
    """Ports can be changed."""
    ofp = talk.ofp
    both = ofp.OFPPC_NO_FWD | ofp.OFPPC_NO_PACKET_IN

    def change(name, port=1, hw_addr=address, config=0, mask=0):
        talk.ask(f"port mod {name}", talk.new("OFPPortMod", port_no=port, hw_addr=hw_addr, config=config, mask=mask))
        talk.tell_unasked(f"port mod {name} tells")

    change("of nothing")
    change("of no port", port=ABSENT)
    change("of another address", hw_addr="02:00:00:00:00:99")
    change("that sets", config=both, mask=both)
    talk.ask("port desc of the changed", talk.new("OFPPortDescStatsRequest", 0))
    change("that clears", mask=both)


def queues(talk):
    """There is the queue 0, which is no queue."""
    ofp = talk.ofp
    for name, port, queue in [
            ("all", ofp.OFPP_ANY, ofp.OFPQ_ALL), ("a port", 1, ofp.OFPQ_ALL), ("number 0", 1, 0), ("number 5", 1, 5),
            ("local", ofp.OFPP_LOCAL, 0), ("no port", ABSENT, 0)]:
        talk.ask(f"queue stats of {name}", talk.new("OFPQueueStatsRequest", 0, port, queue))
        if talk.minor >= 4:
            talk.ask(f"queue desc of {name}", talk.new("OFPQueueDescStatsRequest", 0, port, queue))
    if talk.minor < 4:
        for name, port in [("all", ofp.OFPP_ANY), ("a port", 1), ("local", ofp.OFPP_LOCAL), ("no port", ABSENT)]:
            talk.ask(f"queue config of {name}", talk.new("OFPQueueGetConfigRequest", port))


def tables(talk):
    """What tables can do, have, and are set to."""
    talk.ask("table stats", talk.new("OFPTableStatsRequest", 0))
    talk.ask("table features", talk.new("OFPTableFeaturesStatsRequest", 0))
    if talk.minor < 4:
        talk.ask("table mod", talk.new("OFPTableMod", 3, 0))
        talk.ask("table mod of all", talk.new("OFPTableMod", talk.ofp.OFPTT_ALL, 0))
        talk.ask("table mod of the last", talk.new("OFPTableMod", 254, 0))
        return
    settings(talk)
    talk.ask("table features that change", talk.new("OFPTableFeaturesStatsRequest", 0, [features(talk, 3)]))
    talk.ask("table stats after all", talk.new("OFPTableStatsRequest", 0))


def features(talk, table):
    """A table that a client wants."""
    more = {"command": 2, "features": 0, "capabilities": 0} if talk.minor >= 5 else {"config": 0}
    return talk.new(
        "OFPTableFeaturesStats", table_id=table, name=b"three", metadata_match=0, metadata_write=0, max_entries=10, properties=[], **more)


def settings(talk):
    """What becomes of a table that is full."""
    ofp = talk.ofp
    by_all = ofp.OFPTMPEF_OTHER | ofp.OFPTMPEF_IMPORTANCE | ofp.OFPTMPEF_LIFETIME
    eviction = talk.new("OFPTableModPropEviction", ofp.OFPTMPT_EVICTION, flags=by_all)
    vacancy = talk.new("OFPTableModPropVacancy", ofp.OFPTMPT_VACANCY, vacancy_down=20, vacancy_up=70, vacancy=0)
    talk.ask("table desc", talk.new("OFPTableDescStatsRequest"))
    talk.ask("table mod to evict", talk.new("OFPTableMod", 3, ofp.OFPTC_EVICTION, []))
    talk.ask("table mod of eviction", talk.new("OFPTableMod", 4, ofp.OFPTC_EVICTION, [eviction]))
    talk.ask("table mod of vacancy", talk.new("OFPTableMod", 5, ofp.OFPTC_VACANCY_EVENTS, [vacancy]))
    talk.ask("table mod of the last", talk.new("OFPTableMod", 254, 0, []))
    talk.ask("table mod of unknown bits", talk.new("OFPTableMod", 6, 0x80, []))
    talk.ask("table desc after it was changed", talk.new("OFPTableDescStatsRequest"))
    talk.ask("table mod of all", talk.new("OFPTableMod", ofp.OFPTT_ALL, 0, []))
    talk.ask("table desc at last", talk.new("OFPTableDescStatsRequest"))
