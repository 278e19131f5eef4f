// The floor of a slow path: what remains when it decides nothing. Every upcall of one port is answered with a flow put of
// exactly its key and an EXECUTE to the other port; there are no tables, no masks and no statistics.
//
//   floor DATAPATH INTERFACE INTERFACE
//
// Makes DATAPATH with the two interfaces as ports 1 and 2, says "ready", and works until SIGTERM; then removes the datapath and
// prints what it did. One recvmmsg takes up to 64 upcalls, one sendmsg answers all of them. The EXECUTE is the upcall itself, in
// its own buffer: another command in the header, the actions behind it. Nothing asks for an ACK, so the kernel answers errors only.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/openvswitch.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

enum {
    BATCH = 64,
    SLOT = 4096,                   // of one upcall and the actions appended to it
    KEY_MOST = 1024,               // of the nested key copied into a flow put
    HEADERS = NLMSG_HDRLEN + GENL_HDRLEN + sizeof(struct ovs_header),
    SOCKET_BUFFER = 4 << 20
};

struct message {
    _Alignas(4) unsigned char bytes[4096];
    size_t length;
};

// One action, output, as the attribute that EXECUTE (OVS_PACKET_ATTR_ACTIONS) and flow put (OVS_FLOW_ATTR_ACTIONS) carry.
struct output {
    struct nlattr actions, output;
    uint32_t port;
};

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
    (void)signal;
    stopping = 1;
}

static void fail(const char *what, int error)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(error));
    exit(1);
}

static size_t align4(size_t length) { return (length + 3) & ~(size_t)3; }

static int open_netlink(uint32_t *port_id)
{
    int one = 1, buffer = SOCKET_BUFFER;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    socklen_t length = sizeof address;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || getsockname(fd, (struct sockaddr *)&address, &length))
        fail("netlink socket", errno);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof one);
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    *port_id = address.nl_pid;
    return fd;
}

static void write_headers(void *at, uint16_t family, uint16_t flags, uint8_t command, uint8_t version)
{
    struct nlmsghdr *netlink = at;
    struct genlmsghdr *generic = (void *)((unsigned char *)at + NLMSG_HDRLEN);
    *netlink = (struct nlmsghdr){.nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST | flags};
    *generic = (struct genlmsghdr){.cmd = command, .version = version};
}

static void begin(struct message *m, uint16_t family, uint16_t flags, uint8_t command, uint8_t version)
{
    write_headers(m->bytes, family, flags | NLM_F_ACK, command, version);
    m->length = NLMSG_HDRLEN + GENL_HDRLEN;
}

static void begin_ovs(struct message *m, uint16_t family, uint16_t flags, uint8_t command, uint8_t version, int datapath)
{
    begin(m, family, flags, command, version);
    memcpy(m->bytes + m->length, &datapath, sizeof datapath);
    m->length = HEADERS;
}

static void add(struct message *m, uint16_t type, const void *value, size_t length)
{
    struct nlattr attribute = {.nla_len = (uint16_t)(NLA_HDRLEN + length), .nla_type = type};
    memcpy(m->bytes + m->length, &attribute, sizeof attribute);
    memcpy(m->bytes + m->length + NLA_HDRLEN, value, length);
    memset(m->bytes + m->length + NLA_HDRLEN + length, 0, align4(length) - length);
    m->length += NLA_HDRLEN + align4(length);
}

static void add_u32(struct message *m, uint16_t type, uint32_t value) { add(m, type, &value, sizeof value); }

// The attribute of a type among those of length bytes, or NULL.
static struct nlattr *find(void *attributes, size_t length, uint16_t type)
{
    for (unsigned char *at = attributes; length >= NLA_HDRLEN;) {
        struct nlattr *attribute = (void *)at;
        if (attribute->nla_len < NLA_HDRLEN || attribute->nla_len > length)
            return NULL;
        if ((attribute->nla_type & NLA_TYPE_MASK) == type)
            return attribute;
        size_t step = align4(attribute->nla_len);
        if (step > length)
            return NULL;
        at += step;
        length -= step;
    }
    return NULL;
}

// Sends a request and waits for its ACK. The last answer before it is left in m; returns 0 or an errno.
static int ask(int fd, struct message *m)
{
    struct message answer;
    ((struct nlmsghdr *)m->bytes)->nlmsg_len = (uint32_t)m->length;
    if (send(fd, m->bytes, m->length, 0) < 0)
        return errno;
    for (;;) {
        ssize_t got = recv(fd, answer.bytes, sizeof answer.bytes, 0);
        if (got < 0)
            return errno;
        struct nlmsghdr *first = (void *)answer.bytes;
        if (first->nlmsg_type == NLMSG_ERROR)
            return -((struct nlmsgerr *)NLMSG_DATA(first))->error;
        memcpy(m->bytes, answer.bytes, m->length = (size_t)got);
    }
}

static uint16_t family_id(int fd, const char *name)
{
    struct message m;
    begin(&m, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, 1);
    add(&m, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
    int error = ask(fd, &m);
    if (error)
        fail(name, error);
    size_t headers = NLMSG_HDRLEN + GENL_HDRLEN;
    struct nlattr *id = find(m.bytes + headers, m.length - headers, CTRL_ATTR_FAMILY_ID);
    if (!id)
        fail(name, EPROTO);
    return *(uint16_t *)(id + 1);
}

// The datapath sends the upcalls of every CPU to one port id: the dispatch that ovs-vswitchd asks for, and that ovs-dpctl, which
// sets it on any datapath it opens, does not disturb.
static int add_datapath(int fd, uint16_t family, const char *name, uint32_t upcall_pid)
{
    struct message m;
    uint32_t pids[256];
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    size_t count = cpus < 1 ? 1 : cpus > 256 ? 256 : (size_t)cpus;
    for (size_t i = 0; i < count; i++)
        pids[i] = upcall_pid;
    begin_ovs(&m, family, NLM_F_ECHO, OVS_DP_CMD_NEW, OVS_DATAPATH_VERSION, 0);
    add(&m, OVS_DP_ATTR_NAME, name, strlen(name) + 1);
    add_u32(&m, OVS_DP_ATTR_UPCALL_PID, 0);
    add_u32(&m, OVS_DP_ATTR_USER_FEATURES, OVS_DP_F_UNALIGNED | OVS_DP_F_DISPATCH_UPCALL_PER_CPU);
    add(&m, OVS_DP_ATTR_PER_CPU_PIDS, pids, count * sizeof *pids);
    int error = ask(fd, &m);
    if (error)
        fail(name, error);
    int datapath;
    memcpy(&datapath, m.bytes + NLMSG_HDRLEN + GENL_HDRLEN, sizeof datapath);
    return datapath;
}

static void add_port(int fd, uint16_t family, int datapath, const char *interface, uint32_t number)
{
    struct message m;
    begin_ovs(&m, family, NLM_F_ECHO, OVS_VPORT_CMD_NEW, OVS_VPORT_VERSION, datapath);
    add_u32(&m, OVS_VPORT_ATTR_PORT_NO, number);
    add_u32(&m, OVS_VPORT_ATTR_TYPE, OVS_VPORT_TYPE_NETDEV);
    add(&m, OVS_VPORT_ATTR_NAME, interface, strlen(interface) + 1);
    add_u32(&m, OVS_VPORT_ATTR_UPCALL_PID, 0);
    int error = ask(fd, &m);
    if (error)
        fail(interface, error);
}

static struct output output_to(uint32_t port)
{
    return (struct output){
        .actions = {.nla_len = sizeof(struct output), .nla_type = OVS_PACKET_ATTR_ACTIONS},
        .output = {.nla_len = sizeof(struct output) - NLA_HDRLEN, .nla_type = OVS_ACTION_ATTR_OUTPUT},
        .port = port,
    };
}

// The flow put for a key, into flow; returns its length.
static size_t write_flow(unsigned char *flow, uint16_t family, const unsigned char *upcall, const struct nlattr *key, struct output actions)
{
    size_t key_length = align4(key->nla_len);
    write_headers(flow, family, NLM_F_CREATE, OVS_FLOW_CMD_NEW, OVS_FLOW_VERSION);
    memcpy(flow + HEADERS - sizeof(struct ovs_header), upcall + HEADERS - sizeof(struct ovs_header), sizeof(struct ovs_header));
    memcpy(flow + HEADERS, key, key_length);
    ((struct nlattr *)(flow + HEADERS))->nla_type = OVS_FLOW_ATTR_KEY;
    actions.actions.nla_type = OVS_FLOW_ATTR_ACTIONS;
    memcpy(flow + HEADERS + key_length, &actions, sizeof actions);
    size_t length = HEADERS + key_length + sizeof actions;
    ((struct nlmsghdr *)flow)->nlmsg_len = (uint32_t)length;
    return length;
}

// Turns the upcall of length bytes into its EXECUTE, in place; returns the new length.
static size_t turn(unsigned char *upcall, size_t length, uint16_t family, const struct output *actions)
{
    size_t aligned = align4(length);
    memset(upcall + length, 0, aligned - length);
    write_headers(upcall, family, 0, OVS_PACKET_CMD_EXECUTE, OVS_PACKET_VERSION);
    memcpy(upcall + aligned, actions, sizeof *actions);
    ((struct nlmsghdr *)upcall)->nlmsg_len = (uint32_t)(aligned + sizeof *actions);
    return aligned + sizeof *actions;
}

int main(int count, char **arguments)
{
    if (count != 4) {
        fprintf(stderr, "usage: floor DATAPATH INTERFACE INTERFACE\n");
        return 2;
    }
    uint32_t own, upcall_pid;
    int requests = open_netlink(&own), upcalls = open_netlink(&upcall_pid);
    uint16_t datapaths = family_id(requests, OVS_DATAPATH_FAMILY), vports = family_id(requests, OVS_VPORT_FAMILY);
    uint16_t flows = family_id(requests, OVS_FLOW_FAMILY), packets = family_id(requests, OVS_PACKET_FAMILY);
    int datapath = add_datapath(requests, datapaths, arguments[1], upcall_pid);
    add_port(requests, vports, datapath, arguments[2], 1);
    add_port(requests, vports, datapath, arguments[3], 2);
    const struct output to[] = {output_to(0), output_to(2), output_to(1)};   // by input port

    struct sigaction action = {.sa_handler = stop};                          // no SA_RESTART: recvmmsg returns
    struct timeval second = {.tv_sec = 1};                                   // or after a second, should the signal come just before it
    setsockopt(upcalls, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    _Alignas(64) static unsigned char slots[BATCH][SLOT], puts[BATCH][HEADERS + KEY_MOST + sizeof(struct output)];
    static struct mmsghdr received[BATCH];
    static struct iovec into[BATCH], out[2 * BATCH];
    for (int i = 0; i < BATCH; i++) {
        into[i] = (struct iovec){slots[i], SLOT - 64};
        received[i].msg_hdr = (struct msghdr){.msg_iov = &into[i], .msg_iovlen = 1};
    }

    unsigned long handled = 0, batches = 0, errors = 0, ignored = 0;
    printf("ready\n");
    fflush(stdout);
    while (!stopping) {
        int got = recvmmsg(upcalls, received, BATCH, MSG_WAITFORONE, NULL);
        size_t pieces = 0;
        for (int i = 0; i < got; i++) {
            unsigned char *upcall = slots[i];
            size_t length = received[i].msg_len;
            bool whole = length >= HEADERS && !(received[i].msg_hdr.msg_flags & MSG_TRUNC) && ((struct nlmsghdr *)upcall)->nlmsg_type == packets;
            struct nlattr *key = whole ? find(upcall + HEADERS, length - HEADERS, OVS_PACKET_ATTR_KEY) : NULL;
            struct nlattr *in_port = key && key->nla_len <= KEY_MOST ? find(key + 1, key->nla_len - NLA_HDRLEN, OVS_KEY_ATTR_IN_PORT) : NULL;
            uint32_t port = in_port ? *(uint32_t *)(in_port + 1) : 0;
            if (port != 1 && port != 2) {
                ignored++;
                continue;
            }
            out[pieces++] = (struct iovec){puts[i], write_flow(puts[i], flows, upcall, key, to[port])};
            out[pieces++] = (struct iovec){upcall, turn(upcall, length, packets, &to[port])};
            handled++;
        }
        if (!pieces)
            continue;
        batches++;
        struct msghdr answer = {.msg_iov = out, .msg_iovlen = pieces};
        if (sendmsg(requests, &answer, 0) < 0)
            errors++;
        unsigned char error[SLOT];
        while (recv(requests, error, sizeof error, MSG_DONTWAIT) > 0)
            errors++;
    }

    struct message m;
    begin_ovs(&m, datapaths, 0, OVS_DP_CMD_DEL, OVS_DATAPATH_VERSION, datapath);
    int error = ask(requests, &m);
    if (error)
        fail("removing the datapath", error);
    fprintf(stderr, "upcalls=%lu batches=%lu errors=%lu ignored=%lu\n", handled, batches, errors, ignored);
    return 0;
}
