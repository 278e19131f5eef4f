using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>The real <c>ovs-vswitchd</c> and a switch of ours, each with a bridge br0 of the same ports, asked the same.</summary>
internal sealed class PairOfSwitches : IAsyncDisposable
{
    private readonly RealSwitch _real;
    private readonly ServedSwitch _served;

    private PairOfSwitches(RealSwitch real, ServedSwitch served) => (_real, _served) = (real, served);

    /// <summary>Starts both.</summary>
    public static async Task<PairOfSwitches> StartAsync(IReadOnlyList<(string Name, uint Number)> ports)
    {
        RealSwitch real = await RealSwitch.StartAsync();
        await real.ConfigureAsync([
            "del-port", "p1", "--", "del-port", "p2", "--", "del-port", "p3",
            .. ports.SelectMany(port => new[]
            {
                "--", "add-port", "br0", port.Name, "--", "set", "Interface", port.Name, "type=dummy", $"ofport_request={port.Number}",
            })]);
        ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge with
        {
            Ports =
            [
                .. ports.Select(port => new PortConfiguration
                {
                    Name = port.Name,
                    Interfaces = [new InterfaceConfiguration { Name = port.Name, RequestedNumber = port.Number }],
                }),
            ],
        });
        return new PairOfSwitches(real, served);
    }

    /// <summary>A file with a text, which goes with the switches.</summary>
    public string FileOf(string text) => _served.FileOf(text);

    /// <summary>What each answers to a call of <c>ovs-ofctl</c>; BRIDGE stands where the bridge is.</summary>
    public async Task<(string Real, string Ours)> CallAsync(params string[] call) =>
        (await Ofctl.AnswerOfAsync(call, _real.Socket), await Ofctl.AnswerOfAsync(call, _served.Socket));

    /// <summary>What each says becomes of a packet.</summary>
    public async Task<(string Real, string Ours)> TraceAsync(string packet)
    {
        string ours;
        try
        {
            ours = _served.Trace(packet);
        }
        catch (FlowSyntaxException refused)
        {
            ours = refused.Message;
        }

        return (ComparableTrace.Of(await _real.TraceAsync(packet)), ComparableTrace.Of(ours));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _real.Dispose();
        await _served.DisposeAsync();
    }
}
