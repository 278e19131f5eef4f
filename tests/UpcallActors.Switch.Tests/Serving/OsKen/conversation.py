"""A conversation of os-ken with one switch: what is asked, and what os-ken understood of the answers, a line for each."""

import os
import re
import traceback

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.lib import hub
from os_ken.lib.stringify import StringifyMixin

WAIT_SECONDS = 120
MANY = 100
SHOWN = (0, 1, 3, 4, 5, 6, 252, 253)

# What a switch may count, and addresses that it may choose.
BLANK = frozenset("""
    byte_count packet_count duration_sec duration_nsec rx_packets tx_packets rx_bytes tx_bytes rx_dropped tx_dropped rx_errors tx_errors
    rx_frame_err rx_over_err rx_crc_err collisions hw_addr lookup_count matched_count packet_in_count byte_in_count duration
""".split())

# What only says how a message was written.
LAYOUT = frozenset("""
    len length len_ actions_len match_len bucket_array_len action_array_len instruction_len buf datapath version msg_type msg_len xid
""".split())


def render(value):
    """A text for what os-ken made of a part of a message."""
    if isinstance(value, (bytes, bytearray)):
        return value.rstrip(b"\0").decode() if value.rstrip(b"\0").isascii() and value.rstrip(b"\0").decode().isprintable() else value.hex()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {render(value[key])}" for key in sorted(value)) + "}"
    if hasattr(value, "items") and type(value).__name__ in ("OFPMatch", "OFPStats"):
        return type(value).__name__ + "(" + ", ".join(f"{key}={item}" for key, item in sorted(value.items()) if key not in BLANK) + ")"
    is_part = isinstance(value, StringifyMixin) or type(value).__module__.startswith("os_ken.")
    parts = value._asdict() if hasattr(value, "_asdict") else vars(value) if is_part else None
    if parts is not None:
        return type(value).__name__ + "(" + ", ".join(
            f"{key}={'_' if key in BLANK else render(parts[key])}" for key in sorted(parts) if key not in LAYOUT and key[0] != "_") + ")"
    if isinstance(value, (list, tuple)):
        parts = [render(one) for one in value]
        return "[" + ", ".join(sorted(parts) if parts and parts[0].startswith("OFPPacketQueue") else parts) + "]"
    return str(value)


MESSAGES = [
    kind for kind in vars(ofp_event).values()
    if isinstance(kind, type) and issubclass(kind, ofp_event.EventOFPMsgBase) and kind is not ofp_event.EventOFPMsgBase
]


def together(tables):
    """Descriptions of some tables of many, each only once with the tables that have it; a table leads to others behind it."""
    those = {}
    for table in tables:
        if table.table_id in SHOWN:
            what = re.sub(r"table_ids=\[[^]]*\]", "table_ids=_", re.sub(r"(, )?table_id=\d+", "", render(table)))
            those.setdefault(what, []).append(table.table_id)
    return [f"{len(tables)} tables, {numbers} of them: {what}" for what, numbers in those.items()]


class Conversation(app_manager.OSKenApp):
    """Runs :meth:`talk` with the first switch that comes, in the version of OpenFlow that the environment says, and ends the process."""

    OFP_VERSIONS = [int(os.environ.get("OPENFLOW_VERSION", "4"))]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.datapath = None
        self.unasked = hub.Queue()
        self._replies = {}
        self._barriers = {}

    def talk(self):
        """What is said; a subclass's."""
        raise NotImplementedError

    @property
    def minor(self):
        """The version's number behind the 1."""
        return self.datapath.ofproto.OFP_VERSION - 1

    @property
    def ofp(self):
        """The version's numbers."""
        return self.datapath.ofproto

    def new(self, of, /, *args, **kwargs):
        """A message, or a part of one that takes no switch."""
        kind = getattr(self.datapath.ofproto_parser, of)
        is_message = issubclass(kind, self.datapath.ofproto_parser.MsgBase)
        return kind(self.datapath, *args, **kwargs) if is_message else kind(*args, **kwargs)

    def ask(self, name, message, has_number=False):
        """Sends a message, and prints and returns what is answered until a barrier behind it is."""
        replies = []
        if not has_number:
            self.datapath.set_xid(message)
        self._replies[message.xid] = replies
        barrier = self.datapath.ofproto_parser.OFPBarrierRequest(self.datapath)
        self.datapath.set_xid(barrier)
        done = self._barriers[barrier.xid] = hub.Event()
        self.datapath.send_msg(message)
        self.datapath.send_msg(barrier)
        assert done.wait(WAIT_SECONDS), f"{name}: no answer to the barrier"
        del self._replies[message.xid]
        for text in self._texts(message, replies):
            self.say(name, text)
        return replies

    def expect(self, name):
        """Waits for a message that the switch sends unasked, prints and returns it."""
        message = self.unasked.get(timeout=WAIT_SECONDS)
        self.say(name, self._of(message))
        return message

    def expect_all(self, name, count):
        """Waits for so many messages that the switch sends unasked, and prints them in no order."""
        for text in sorted(self._of(self.unasked.get(timeout=WAIT_SECONDS)) for _ in range(count)):
            self.say(name, text)

    def tell_unasked(self, name):
        """Prints the messages that have come unasked until now, in no order."""
        came = []
        while not self.unasked.empty():
            came.append(self.unasked.get())
        for text in sorted(self._of(message) for message in came):
            self.say(name, text)
        return came

    def check(self, name, holds):
        """Something that a controller relies on."""
        self.say(name, "right" if holds else "WRONG")

    @staticmethod
    def say(name, text):
        """Prints a line."""
        print(f"{name}: {text}", flush=True)

    @set_ev_cls(ofp_event.EventOFPStateChange, MAIN_DISPATCHER)
    def _begin(self, change):
        if self.datapath is None:
            self.datapath = change.datapath
            # os-ken's own handler of errors, which only logs them, fails at those of 1.0, and that ends the connection.
            app_manager.lookup_service_brick(ofp_event.NAME).event_handlers.pop(ofp_event.EventOFPErrorMsg, None)
            hub.spawn(self._run)

    def _run(self):
        code = 1
        try:
            self.talk()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    @set_ev_cls(MESSAGES, MAIN_DISPATCHER)
    def _take(self, taken):
        message = taken.msg
        if message.datapath is not self.datapath:
            return
        if message.xid in self._barriers:
            self._barriers.pop(message.xid).set()
        elif message.xid in self._replies:
            self._replies[message.xid].append(message)
        elif type(message).__name__ != "OFPEchoRequest":
            self.unasked.put(message)

    def _texts(self, request, replies):
        if not replies:
            return ["nothing"]
        body = getattr(replies[0], "body", None)
        if not isinstance(body, list) or any(type(reply) is not type(replies[0]) for reply in replies):
            return [self._of(reply, request) for reply in replies]
        entries = [entry for reply in replies for entry in reply.body]
        if len(entries) > MANY:
            return together(entries)
        return sorted(render(entry) for entry in entries) or [f"{type(replies[0]).__name__} of nothing"]

    def _of(self, message, request=None):
        if type(message).__name__ != "OFPErrorMsg":
            return render(message)
        sent = bytes(request.buf) if request is not None else None
        what = "the request" if message.data == sent else f"{len(message.data)} bytes"
        vendor = f" {message.experimenter:#x} {message.exp_type}" if getattr(message, "experimenter", None) else ""
        return f"error {message.type} {message.code}{vendor} with {what}"
