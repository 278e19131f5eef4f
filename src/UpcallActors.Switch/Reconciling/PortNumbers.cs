using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// The OpenFlow numbers of a bridge's interfaces. An interface that asks for a number gets it, unless another that asked has it. Then an
/// interface that has a number, in this run or an earlier one, keeps it. The others get the next free numbers (<c>alloc_ofp_port</c> in
/// ofproto.c). Single owner.
/// </summary>
internal sealed class PortNumbers(TimeProvider time)
{
    /// <summary>
    /// The largest number that is given to an interface that asks for none (<c>ofproto_init_max_ports</c> leaves the upper half to
    /// requests).
    /// </summary>
    private const uint LargestGiven = 32767;

    /// <summary>
    /// How long a number is not given to others after its interface has gone: a controller that knows the number may not know yet.
    /// </summary>
    private static readonly TimeSpan _rest = TimeSpan.FromHours(1);

    private readonly Dictionary<uint, long> _freedAt = [];
    private Dictionary<string, uint> _byName = new(StringComparer.Ordinal);
    private uint _last;

    /// <summary>The number of an interface; null when none was left for it.</summary>
    public uint? Of(string name) => _byName.TryGetValue(name, out uint number) ? number : null;

    /// <summary>From now on there are these interfaces.</summary>
    public void Assign(IReadOnlyCollection<InterfaceConfiguration> interfaces)
    {
        Dictionary<string, uint> before = _byName;
        var taken = new Dictionary<uint, string>(interfaces.Count);
        var numbers = new Dictionary<string, uint>(interfaces.Count, StringComparer.Ordinal);
        Give(one => Requested(one) is { } asked && before.TryGetValue(one.Name, out uint held) && held == asked ? asked : null);
        Give(Requested);
        Give(one => before.TryGetValue(one.Name, out uint held) ? held : null);
        Give(one => one.FormerNumber is { } former && IsValid(former) ? former : null);
        _byName = numbers;
        long now = time.GetTimestamp();
        foreach (uint number in before.Values.Where(number => !taken.ContainsKey(number)))
            _freedAt[number] = now;
        Give(_ => NextFree(taken));

        void Give(Func<InterfaceConfiguration, uint?> numberOf)
        {
            foreach (InterfaceConfiguration one in interfaces)
            {
                if (!numbers.ContainsKey(one.Name) && numberOf(one) is { } number && taken.TryAdd(number, one.Name))
                    numbers.Add(one.Name, number);
            }
        }
    }

    /// <summary>A number that there cannot be is passed over.</summary>
    private static uint? Requested(InterfaceConfiguration one) => one.RequestedNumber is { } number && IsValid(number) ? number : null;

    private static bool IsValid(uint number) => number is > 0 and < OpenFlowPorts.Maximum;

    /// <summary>Goes on from the one given last. One that was freed lately is given only when there is no other.</summary>
    private uint? NextFree(Dictionary<uint, string> taken)
    {
        uint? resting = null;
        for (uint step = 0; step < LargestGiven; step++)
        {
            uint number = ((_last + step) % LargestGiven) + 1;
            if (taken.ContainsKey(number))
                continue;
            if (_freedAt.TryGetValue(number, out long freedAt) && time.GetElapsedTime(freedAt) < _rest)
            {
                resting ??= number;
                continue;
            }

            return _last = number;
        }

        return resting;
    }
}
