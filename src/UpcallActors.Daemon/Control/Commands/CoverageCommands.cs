using System.Globalization;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>coverage/show</c> and <c>coverage/read-counter</c>.</summary>
internal sealed class CoverageCommands(CoverageTable coverage)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("coverage/show", "", 0, 0, _ => ControlReply.Of(coverage.Show())),
        new("coverage/read-counter", "COUNTER", 1, 1, arguments =>
            coverage.Read(arguments[0]) is { } total
                ? ControlReply.Of(total.ToString(CultureInfo.InvariantCulture))
                : ControlReply.Error("No such counter")),
    ];
}
