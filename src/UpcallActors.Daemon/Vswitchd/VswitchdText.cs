namespace UpcallActors.Daemon.Vswitchd;

/// <summary>What <c>ovs-vswitchd</c> says of itself.</summary>
internal static class VswitchdText
{
    /// <summary>The program's name.</summary>
    public const string Program = "ovs-vswitchd";

    /// <summary>
    /// The first line is what scripts read: <c>ovs-ctl</c> takes the last word of each line with the product's name for its version, and
    /// <c>ovs-save</c> and <c>ovs-lib</c> that of the first line. So the second one has not that name.
    /// </summary>
    public static string Version { get; } =
        $"{Program} (Open vSwitch) 3.1.0\nUpcallActors {typeof(VswitchdText).Assembly.GetName().Version!.ToString(3)}\n";

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Help => $"""
        {Program}: Open vSwitch daemon, as UpcallActors has it
        usage: {Program} [OPTIONS] [DATABASE]
        where DATABASE is a socket on which ovsdb-server is listening
              (default: "{DefaultDatabase}", or none with --config).

        Active DATABASE connection methods:
          tcp:HOST:PORT           PORT at remote HOST
          ssl:HOST:PORT           SSL PORT at remote HOST
          unix:FILE               Unix domain socket named FILE
        PKI configuration (required to use SSL):
          -p, --private-key=FILE  file with private key
          -c, --certificate=FILE  file with certificate for private key
          -C, --ca-cert=FILE      file with peer CA certificate
          --bootstrap-ca-cert=FILE  file with peer CA certificate to read or create
        SSL options:
          --ssl-protocols=PROTOS  list of SSL protocols to enable
          --ssl-ciphers=CIPHERS   list of SSL ciphers to enable

        Daemon options:
          --detach                run in background as daemon
          --monitor               creates a process to monitor this daemon
          --no-chdir              do not chdir to '/'
          --pidfile[=FILE]        create pidfile (default: {OvsDirectories.Run}/{Program}.pid)
          --overwrite-pidfile     with --pidfile, start even if already running
          --mlockall              never page out this daemon's memory

        Logging options:
          -vSPEC, --verbose=SPEC   set logging levels
          -v, --verbose            set maximum verbosity level
          --log-file[=FILE]        enable logging to specified FILE
                                   (default: {OvsDirectories.Log}/{Program}.log)
          --syslog-method=(libc|null|unix:file|udp:ip:port)
                                   specify how to send messages to syslog daemon
          --syslog-target=IP:PORT  also send syslog msgs to IP:PORT via UDP

        Other options:
          --config=FILE             read UpcallActors' own configuration
          --unixctl=SOCKET          override default control socket name
          -h, --help                display this help message
          -V, --version             display version information

        """;

    /// <summary>The database, where none is named.</summary>
    public static string DefaultDatabase => $"unix:{OvsDirectories.Run}/db.sock";
}
