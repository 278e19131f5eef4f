namespace UpcallActors.Daemon.Hosting;

/// <summary>Which of the daemon's log events belong to which module of Open vSwitch.</summary>
internal static class LogEventModules
{
    /// <summary>First and last event of a module, ascending.</summary>
    private static readonly (int First, int Last, string Module)[] _events =
    [
        (500, 502, "daemon"),
        (503, 503, "ofproto_dpif_upcall"),
        (504, 504, "dpif"),
        (505, 505, "netdev"),
        (511, 511, "daemon"),
        (520, 521, "dpif"),
        (522, 522, "ofproto_dpif"),
        (523, 526, "bridge"),
        (527, 527, "ofproto_dpif_upcall"),
        (528, 529, "dpif"),
        (530, 530, "ofproto_dpif_xlate"),
        (531, 539, "bridge"),
        (540, 559, "vswitchd"),
        (560, 579, "unixctl"),
        (600, 600, "ofproto"),
    ];

    /// <summary>The module of an event; null for one that Open vSwitch has nothing like.</summary>
    public static string? Of(int eventId)
    {
        foreach ((int first, int last, string module) in _events)
        {
            if (eventId >= first && eventId <= last)
                return module;
        }

        return null;
    }
}
