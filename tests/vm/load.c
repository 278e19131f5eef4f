// Load for a switch between two network namespaces. Each frame that is sent is the first of its flow: no two of a run have the
// same UDP ports.
//
//   load send  NS IF NS IF RATE SECONDS   RATE frames a second (0: as fast as they go) from the first interface to the second
//   load probe NS IF NS IF RATE SECONDS   the same with a responder behind the second interface; measures the round trip of each
//
// Prints one line of NAME=VALUE. "handled" is what reached the second interface while frames were still being sent, "delivered" what
// reached it in all: after sending, load waits until nothing more arrives. The namespaces are those of ip-netns(8).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCH = 32,
    FIRST_PORT = 1024, PORTS = 60000,                  // source ports; then the next destination port
    ETHERNET = 14, IP = 20, UDP = 8, PAYLOAD = 64,
    FRAME = ETHERNET + IP + UDP + PAYLOAD,
    QUIET_MILLISECONDS = 300, QUIET_TRIES = 100        // quiet once nothing arrived for as long; given up after so many
};

struct end {
    int packets;                                       // AF_PACKET socket bound to the interface
    int statistics;                                    // its namespace's table of interface counters
    char interface[IFNAMSIZ];
    unsigned char address[ETH_ALEN];
};

static void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sleep_for(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static struct end open_end(const char *namespace, const char *interface, uint16_t protocol)
{
    struct end end = {0};
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int there = open(path, O_RDONLY | O_CLOEXEC);
    if (there < 0 || setns(there, CLONE_NEWNET))
        fail(path);
    close(there);
    snprintf(end.interface, sizeof end.interface, "%s", interface);
    end.packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    struct ifreq request = {0};
    memcpy(request.ifr_name, end.interface, sizeof end.interface);
    if (end.packets < 0 || ioctl(end.packets, SIOCGIFHWADDR, &request))
        fail(interface);
    memcpy(end.address, request.ifr_hwaddr.sa_data, ETH_ALEN);
    if (ioctl(end.packets, SIOCGIFINDEX, &request))
        fail(interface);
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = request.ifr_ifindex};
    if (bind(end.packets, (struct sockaddr *)&address, sizeof address))
        fail(interface);
    end.statistics = open("/proc/thread-self/net/dev", O_RDONLY | O_CLOEXEC);
    if (end.statistics < 0)
        fail("interface counters");
    return end;
}

// How many frames the interface received.
static unsigned long received(const struct end *end)
{
    char table[8192], name[IFNAMSIZ + 2];
    unsigned long bytes, packets;
    ssize_t length = pread(end->statistics, table, sizeof table - 1, 0);
    if (length <= 0)
        fail("interface counters");
    table[length] = 0;
    snprintf(name, sizeof name, "%s:", end->interface);
    char *row = strstr(table, name);
    if (!row || sscanf(row + strlen(name), "%lu %lu", &bytes, &packets) != 2) {
        errno = ENOENT;
        fail(end->interface);
    }
    return packets;
}

// The counter once it stands still.
static unsigned long settled(const struct end *end)
{
    unsigned long last = received(end);
    for (int i = 0; i < QUIET_TRIES; i++) {
        sleep_for(QUIET_MILLISECONDS / 1e3);
        unsigned long next = received(end);
        if (next == last)
            break;
        last = next;
    }
    return last;
}

static void put16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static unsigned get16(const unsigned char *at) { return (unsigned)at[0] << 8 | at[1]; }

static unsigned ip_checksum(const unsigned char *header)
{
    unsigned sum = 0;
    for (int i = 0; i < IP; i += 2)
        sum += get16(header + i);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~(sum + (sum >> 16)) & 0xffff;
}

// A frame from one end to the other, 10.1.1.1 to 10.1.1.2, but for its ports; UDP without a checksum.
static void write_frame(unsigned char *frame, const struct end *from, const struct end *to)
{
    static const unsigned char addresses[] = {10, 1, 1, 1, 10, 1, 1, 2};
    unsigned char *ip = frame + ETHERNET;
    memset(frame, 0, FRAME);
    memcpy(frame, to->address, ETH_ALEN);
    memcpy(frame + ETH_ALEN, from->address, ETH_ALEN);
    put16(frame + 2 * ETH_ALEN, ETHERTYPE_IP);
    ip[0] = 0x45;
    put16(ip + 2, FRAME - ETHERNET);
    ip[8] = 64;
    ip[9] = IPPROTO_UDP;
    memcpy(ip + 12, addresses, sizeof addresses);
    put16(ip + 10, ip_checksum(ip));
    put16(ip + IP + 4, FRAME - ETHERNET - IP);
}

static void set_flow(unsigned char *frame, unsigned long flow)
{
    put16(frame + ETHERNET + IP, FIRST_PORT + (unsigned)(flow % PORTS));
    put16(frame + ETHERNET + IP + 2, FIRST_PORT + (unsigned)(flow / PORTS));
}

static void run_send(const struct end *from, const struct end *to, double rate, double seconds)
{
    static unsigned char frames[BATCH][FRAME];
    static struct iovec pieces[BATCH];
    static struct mmsghdr messages[BATCH];
    for (int i = 0; i < BATCH; i++) {
        write_frame(frames[i], from, to);
        pieces[i] = (struct iovec){frames[i], FRAME};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    }
    unsigned long before = received(to), sent = 0, refused = 0;
    double start = now(), elapsed;
    while ((elapsed = now() - start) < seconds) {
        double due = rate > 0 ? rate * elapsed - (double)sent : BATCH;
        if (due < 1) {
            sleep_for(1 / rate);
            continue;
        }
        unsigned count = due < BATCH ? (unsigned)due : BATCH;
        for (unsigned i = 0; i < count; i++)
            set_flow(frames[i], sent + i);
        int done = sendmmsg(from->packets, messages, count, 0);
        if (done > 0)
            sent += (unsigned long)done;
        else
            refused++;
    }
    unsigned long handled = received(to) - before, delivered = settled(to) - before;
    printf("sent=%lu refused=%lu seconds=%.3f offered=%.0f handled=%lu delivered=%lu lost=%ld handled/s=%.0f\n", sent, refused, elapsed,
        (double)sent / elapsed, handled, delivered, (long)sent - (long)delivered, (double)handled / elapsed);
}

static bool is_probe(const unsigned char *frame, ssize_t length)
{
    return length == FRAME && get16(frame + 2 * ETH_ALEN) == ETHERTYPE_IP && frame[ETHERNET + 9] == IPPROTO_UDP;
}

// Answers every probe: all its addresses and ports turned round, which is again a new flow.
static void respond(const struct end *end)
{
    unsigned char frame[2048], other[FRAME];
    for (;;) {
        ssize_t length = recv(end->packets, frame, sizeof frame, 0);
        if (!is_probe(frame, length))
            continue;
        memcpy(other, frame, FRAME);
        memcpy(other, frame + ETH_ALEN, ETH_ALEN);
        memcpy(other + ETH_ALEN, frame, ETH_ALEN);
        memcpy(other + ETHERNET + 12, frame + ETHERNET + 16, 4);
        memcpy(other + ETHERNET + 16, frame + ETHERNET + 12, 4);
        memcpy(other + ETHERNET + IP, frame + ETHERNET + IP + 2, 2);
        memcpy(other + ETHERNET + IP + 2, frame + ETHERNET + IP, 2);
        if (send(end->packets, other, FRAME, 0) < 0)
            fail("answer");
    }
}

static int by_value(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static void run_probe(const struct end *from, const struct end *to, double rate, double seconds)
{
    size_t most = (size_t)(rate * seconds) + 1, sent = 0, answered = 0;
    double *at = calloc(most, sizeof *at), *trip = calloc(most, sizeof *trip);
    unsigned char frame[FRAME], answer[2048];
    if (!at || !trip)
        fail("memory");
    write_frame(frame, from, to);
    pid_t responder = fork();
    if (responder == 0)
        respond(to);
    double start = now(), last = start;
    for (;;) {
        double time = now(), next = start + (double)sent / rate;
        bool more = sent < most - 1;
        if (more && time >= next) {
            set_flow(frame, sent);
            memcpy(frame + FRAME - sizeof sent, &sent, sizeof sent);
            at[sent] = last = now();
            if (send(from->packets, frame, FRAME, 0) < 0)
                fail("probe");
            sent++;
            continue;
        }
        double wait = more ? next - time : last + 1 - time;            // the last one has a second to come back
        if (wait <= 0 || (!more && answered == sent))
            break;
        struct timespec timeout = {.tv_sec = (time_t)wait, .tv_nsec = (long)((wait - (double)(time_t)wait) * 1e9)};
        struct pollfd readable = {.fd = from->packets, .events = POLLIN};
        if (ppoll(&readable, 1, &timeout, NULL) <= 0)
            continue;
        ssize_t length = recv(from->packets, answer, sizeof answer, 0);
        double back = now();
        size_t which;
        if (!is_probe(answer, length))
            continue;
        memcpy(&which, answer + FRAME - sizeof which, sizeof which);
        if (which < sent && at[which] > 0) {
            trip[answered++] = back - at[which];
            at[which] = 0;                                             // a second answer to it does not count
        }
    }
    kill(responder, SIGTERM);
    waitpid(responder, NULL, 0);
    if (!answered) {
        fprintf(stderr, "load: none of %zu probes was answered\n", sent);
        exit(1);
    }
    qsort(trip, answered, sizeof *trip, by_value);
    printf("probes=%zu unanswered=%zu p50=%.0f p99=%.0f max=%.0f\n", sent, sent - answered, trip[answered / 2] * 1e6,
        trip[answered * 99 / 100] * 1e6, trip[answered - 1] * 1e6);
}

int main(int count, char **arguments)
{
    bool probe = count == 8 && !strcmp(arguments[1], "probe");
    if (count != 8 || (!probe && strcmp(arguments[1], "send"))) {
        fprintf(stderr, "usage: load send|probe NS IF NS IF RATE SECONDS\n");
        return 2;
    }
    // A socket that only sends has protocol 0: it would otherwise be given a copy of everything that it sends.
    struct end from = open_end(arguments[2], arguments[3], probe ? ETH_P_IP : 0), to = open_end(arguments[4], arguments[5], probe ? ETH_P_IP : 0);
    double rate = atof(arguments[6]), seconds = atof(arguments[7]);
    (probe ? run_probe : run_send)(&from, &to, rate, seconds);
    return 0;
}
