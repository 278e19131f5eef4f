"""Sends ICMP echo requests in fragments that no host would make.

usage: fragments.py DEVICE OWN-MAC PEER-MAC OWN-ADDRESS PEER-ADDRESS ID:ORDER...

Each ID:ORDER is a request: ID is the identification of the datagram and the sequence number of the echo; ORDER says which pieces of 1,440 bytes to send,
in order: "2,0,1". A piece with an x behind it ("1x") begins 8 bytes early, and overlaps the one before it by as much.
"""
import sys

from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6, IPv6ExtHdrFragment
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.compat import raw
from scapy.sendrecv import sendp

PIECE = 1440
SIZE = 3200

device, own_mac, peer_mac, own, peer, *requests = sys.argv[1:]
ethernet = Ether(src=own_mac, dst=peer_mac)
body = bytes(i & 0xFF for i in range(SIZE))


def message(identification):
    if ":" in own:
        # Built whole first: the checksum covers the addresses, too.
        return raw(IPv6(src=own, dst=peer) / ICMPv6EchoRequest(id=7, seq=identification, data=body))[40:]
    return raw(ICMP(type=8, id=7, seq=identification) / Raw(body))


def fragment(identification, whole, piece):
    begin = int(piece.rstrip("x")) * PIECE
    end = min(begin + PIECE, len(whole))
    if piece.endswith("x"):
        begin -= 8
    more = end < len(whole)
    data = Raw(whole[begin:end])
    if ":" in own:
        # 44: fragment header; 58: ICMPv6 behind it
        return ethernet / IPv6(src=own, dst=peer, nh=44) / IPv6ExtHdrFragment(nh=58, offset=begin // 8, m=int(more), id=identification) / data
    return ethernet / IP(src=own, dst=peer, id=identification, proto=1, frag=begin // 8, flags="MF" if more else 0) / data


for request in requests:
    identification, order = request.split(":")
    whole = message(int(identification))
    sendp([fragment(int(identification), whole, piece) for piece in order.split(",")], iface=device, verbose=False)
