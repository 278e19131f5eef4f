using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Linux;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Hosting;

/// <summary>How many descriptors a configuration takes, and what is said when there are too few.</summary>
internal static class Descriptors
{
    /// <summary>The runtime's own, standard input and outputs, log, pidfile, Netlink, timers, a collector; measured: 26.</summary>
    private const int Base = 48;

    /// <summary>Code that is compiled while it runs keeps each of its assemblies open; measured: 209 in all.</summary>
    private const int Assemblies = 208;

    /// <summary>A lane's loop and socket, and what its datapath wakes it by.</summary>
    private const int PerHandler = 4;

    /// <summary>A device that the embedded datapath reads and writes, or a capture's files.</summary>
    private const int PerPort = 4;

    /// <summary>Lifts the limit as far as this process may, and says so when that is still too little.</summary>
    public static void Prepare(DaemonOptions options, ILogger logger)
    {
        long limit = DescriptorLimit.Lift();
        long needed = Needed(options);
        if (limit < needed)
            logger.FewDescriptors(limit, needed);
    }

    /// <summary>What a failure that comes from a lack of descriptors is called by; null for another.</summary>
    public static string? Describe(Exception failure)
    {
        for (Exception? cause = failure; cause != null; cause = cause.InnerException)
        {
            if (IsLack(cause))
                return $"EMFILE: no descriptor is left of {DescriptorLimit.Lift()} (RLIMIT_NOFILE): {cause.Message}";
        }

        return null;
    }

    /// <summary>How many may be open at a time, those of all clients included.</summary>
    public static long Needed(DaemonOptions options) => Base
        + (RuntimeFeature.IsDynamicCodeCompiled ? Assemblies : 0)
        + ((long)PerHandler * options.Handlers)
        + ((long)PerPort * options.Bridges.Sum(bridge => bridge.Configuration.Ports.Count + 1))
        + new ControlLimits().Connections
        + (options.Status.Listen != null ? StatusServer.MostConnections : 0);

    private static bool IsLack(Exception cause) => cause switch
    {
        SocketException socket => socket.SocketErrorCode == SocketError.TooManyOpenSockets,
        Win32Exception native => native.NativeErrorCode == (int)Errno.TooManyFiles,
        // On Unix .NET's own failures of files have the system's number there.
        _ => cause.HResult == (int)Errno.TooManyFiles,
    };
}
