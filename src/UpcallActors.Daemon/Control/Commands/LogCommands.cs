using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The <c>vlog/</c> commands (lib/vlog.c). Modules are those of Open vSwitch, and the categories of the daemon's log. <c>upcall-actors</c>
/// has one destination, <c>console</c>, which is standard error, and that may be a file; <c>syslog</c> and <c>file</c> are known there,
/// since scripts name them, and are always off.
/// </summary>
internal sealed class LogCommands(LogLevels levels)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("vlog/set", "{spec | PATTERN:destination:pattern}", 0, int.MaxValue, Set),
        new("vlog/list", "", 0, 0, _ => List()),
        new("vlog/list-pattern", "", 0, 0, _ => ControlReply.Of(levels.Patterns.List())),
        new("vlog/enable-rate-limit", "[module]...", 0, int.MaxValue, modules => LimitRates(modules, isLimited: true)),
        new("vlog/disable-rate-limit", "[module]...", 0, int.MaxValue, modules => LimitRates(modules, isLimited: false)),
        new("vlog/reopen", "", 0, 0, _ => Reopen()),
        new("vlog/close", "", 0, 0, _ => Close()),
    ];

    private ControlReply List()
    {
        var text = new StringBuilder("                 console    syslog    file\n                 -------    ------    ------\n");
        foreach ((string category, LogLevel[] of) in levels.List())
        {
            string NameOf(LogDestination destination) => LogSpecification.NameOf(of[(int)destination]);
            text.Append(CultureInfo.InvariantCulture, $"{category,-16}  {NameOf(LogDestination.Console),4}");
            text.Append(CultureInfo.InvariantCulture, $"       {NameOf(LogDestination.Syslog),4}       {NameOf(LogDestination.File),4}");
            text.Append(levels.IsRateLimited(category) ? "\n" : "    (rate limiting disabled)\n");
        }

        return ControlReply.Of(text);
    }

    private ControlReply LimitRates(IReadOnlyList<string> modules, bool isLimited)
    {
        static bool IsAny(string module) => module.Equals("ANY", StringComparison.OrdinalIgnoreCase);
        if (!modules.All(module => IsAny(module) || levels.IsKnown(module)))
            return ControlReply.Error("unknown module");
        if (modules.Count == 0)
            levels.SetRateLimited(null, isLimited);
        foreach (string module in modules)
            levels.SetRateLimited(IsAny(module) ? null : module, isLimited);
        return ControlReply.Empty;
    }

    private ControlReply Reopen()
    {
        if (levels.File is not { } file)
            return ControlReply.Error("Logging to file not configured");
        try
        {
            file.Reopen();
            return ControlReply.Empty;
        }
        catch (IOException refused)
        {
            return ControlReply.Error(refused.Message);
        }
    }

    private ControlReply Close()
    {
        levels.File?.Close();
        return ControlReply.Empty;
    }

    private ControlReply Set(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            levels.Set(LogLevel.Debug);
        foreach (string argument in arguments)
        {
            if (LogSpecification.Apply(levels, argument) is { } problem)
                return ControlReply.Error(problem);
        }

        return ControlReply.Empty;
    }
}
