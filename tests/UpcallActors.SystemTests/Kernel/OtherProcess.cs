using System.Diagnostics;

namespace UpcallActors.SystemTests.Kernel;

/// <summary>Another process that meddles with a datapath's upcalls: it opens a Netlink socket and tells the kernel port ids.</summary>
internal static class OtherProcess
{
    /// <summary>Arguments: the datapath, and a port id, or "own" to send upcalls to itself and to stay until it is killed.</summary>
    private const string Script = """
        import socket, struct, sys, time
        s = socket.socket(16, socket.SOCK_RAW, 16)
        s.bind((0, 0))
        def attribute(kind, data): return struct.pack('HH', 4 + len(data), kind) + data + b'\0' * (-len(data) % 4)
        def ask(family, command, version, body):
            m = struct.pack('BBH', command, version, 0) + body
            s.send(struct.pack('IHHII', 16 + len(m), family, 5, 1, 0) + m)
            found = b''
            while True:
                a = s.recv(65536)
                kind = struct.unpack_from('H', a, 4)[0]
                if kind == 2:
                    error = struct.unpack_from('i', a, 16)[0]
                    if error: sys.exit('error %d' % error)
                    return found
                found = a
        a = ask(16, 3, 2, attribute(2, b'ovs_datapath\0'))
        i = 20
        while True:
            length, kind = struct.unpack_from('HH', a, i)
            if kind == 1: family = struct.unpack_from('H', a, i + 4)[0]; break
            i += (length + 3) & ~3
        pid = s.getsockname()[0] if sys.argv[2] == 'own' else int(sys.argv[2])
        wanted = attribute(1, sys.argv[1].encode() + b'\0') + attribute(5, struct.pack('I', 9)) + attribute(8, struct.pack('I', pid))
        ask(family, 4, 2, struct.pack('i', 0) + wanted)
        print('set', flush=True)
        if sys.argv[2] == 'own': time.sleep(3600)
        """;

    /// <summary>Sets the port ids of all CPUs, and ends.</summary>
    public static Task SetPidAsync(string datapath, uint pid) => Command.RunAsync("python3", "-c", Script, datapath, $"{pid}");

    /// <summary>Starts a process that gets the datapath's upcalls until it is killed.</summary>
    public static async Task<Process> HoldAsync(string datapath)
    {
        Process process = Process.Start(new ProcessStartInfo("python3",
            ["-c", Script, datapath, "own"])
        { RedirectStandardOutput = true })!;
        (await process.StandardOutput.ReadLineAsync()).ShouldBe("set");
        return process;
    }
}
