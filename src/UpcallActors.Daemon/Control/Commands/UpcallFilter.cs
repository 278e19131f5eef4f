using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// Which upcalls a monitor takes, by arguments: <c>--class CLASS</c> and <c>--port PORT</c>, each any
/// number of times, and a match in <c>ovs-ofctl</c>'s syntax. Ports are the datapath's, by number or name.
/// </summary>
internal sealed class UpcallFilter : IUpcallFilter
{
    private readonly HashSet<UpcallClass> _classes = [];
    private readonly HashSet<uint> _ports = [];
    private Match _match = Match.Any;

    private UpcallFilter()
    {
    }

    /// <summary>Whether packets are wanted, too: <c>--packets</c>.</summary>
    public bool WithPackets { get; private set; }

    /// <summary>Reads the arguments.</summary>
    public static bool TryParse(
        IReadOnlyList<string> arguments, IReadOnlyList<VportMessage> ports, [NotNullWhen(true)] out UpcallFilter? filter,
        [NotNullWhen(false)] out string? problem)
    {
        filter = new UpcallFilter();
        var names = ports.Where(port => port is { Name: not null, PortNo: not null }).DistinctBy(port => port.Name)
            .ToFrozenDictionary(port => port.Name!, port => port.PortNo!.Value);
        problem = filter.Read(arguments, names);
        if (problem is not null)
            filter = null;
        return problem is null;
    }

    /// <inheritdoc/>
    public bool Passes(UpcallClass upcallClass, in FlowKey key)
    {
        if (_classes.Count != 0 && !_classes.Contains(upcallClass))
            return false;
        if (_ports.Count != 0 && !_ports.Contains(key.DatapathPort))
            return false;
        // An upcall without a readable key passes only a filter of its class alone. A filter's in_port is the datapath's port.
        return _match == Match.Any || (upcallClass != UpcallClass.Bad && _match.Matches(new Flow(key, inPort: key.DatapathPort)));
    }

    private string? Read(IReadOnlyList<string> arguments, FrozenDictionary<string, uint> names)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--packets":
                    WithPackets = true;
                    break;
                case "--class" or "--port" when i + 1 == arguments.Count:
                    return $"Missing argument for option {arguments[i]}";
                case "--class":
                    if (!TryReadClass(arguments[++i], out UpcallClass upcallClass))
                        return $"{arguments[i]}: no class of upcalls; there "
                            + $"are {string.Join(", ", Enum.GetValues<UpcallClass>().Select(UpcallActorsTelemetry.NameOf))}";
                    _classes.Add(upcallClass);
                    break;
                case "--port":
                    if (!names.TryGetValue(arguments[++i], out uint port)
                        && !uint.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out port))
                        return $"{arguments[i]}: no port of the datapath";
                    _ports.Add(port);
                    break;
                case ['-', ..]:
                    return $"{arguments[i]}: unknown option";
                default:
                    if (ReadMatch(arguments[i], names) is { } problem)
                        return problem;
                    break;
            }
        }

        return null;
    }

    private string? ReadMatch(string text, FrozenDictionary<string, uint> names)
    {
        if (_match != Match.Any)
            return "too many arguments";
        try
        {
            _match = FlowSyntax.ParseMatch(text, new FlowNames(names));
            return null;
        }
        catch (FlowSyntaxException malformed)
        {
            return $"{text}: {malformed.Error.Message}";
        }
    }

    private static bool TryReadClass(string text, out UpcallClass found)
    {
        foreach (UpcallClass candidate in Enum.GetValues<UpcallClass>())
        {
            if (UpcallActorsTelemetry.NameOf(candidate) == text)
            {
                found = candidate;
                return true;
            }
        }

        found = default;
        return false;
    }
}
