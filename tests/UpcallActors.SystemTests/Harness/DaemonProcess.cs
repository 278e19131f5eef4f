using System.Globalization;
using System.Text.Json;
using UpcallActors.Web;

namespace UpcallActors.SystemTests.Harness;

/// <summary>Our daemon, as a process of its own in the lab's switch namespace.</summary>
internal sealed class DaemonProcess(Lab lab, SwitchConfiguration configuration) : ISwitch
{
    private BackgroundProcess? _process;
    private string _earlier = "";
    private bool _isFirst = true;

    /// <inheritdoc/>
    public string Log => _earlier + _process?.Output;

    /// <summary>
    /// Whether the rules stay that it begins with, their counters with them, and packets meet no others, hidden ones included.
    /// </summary>
    public bool KeepsRules { get; init; } = true;

    private string ControlSocket =>
        Path.Combine(lab.Folder, string.Create(CultureInfo.InvariantCulture, $"upcall-actors.{_process!.Id}.ctl"));

    /// <summary>Starts the switch that the tests are about; <see cref="KeepsRules"/> says what the last parameter does.</summary>
    public static async Task<ISwitch> StartAsync(Lab lab, SwitchConfiguration configuration, bool keepsRules = true)
    {
        ISwitch daemon = Environment.GetEnvironmentVariable(ReferenceSwitch.Variable) is null
            ? new DaemonProcess(lab, configuration) { KeepsRules = keepsRules }
            : new ReferenceSwitch(lab, configuration);
        lab.Own(daemon);
        await daemon.StartAsync();
        return daemon;
    }

    /// <inheritdoc/>
    public async Task StartAsync()
    {
        if (_process != null)
        {
            // What flows had carried before is credited to other rules, those of the new daemon.
            _isFirst = false;
            _earlier += _process.Output + "\n";
            await _process.DisposeAsync();
        }

        string file = await configuration.WriteAsync(lab.Folder);
        _process = lab.Switch.Start([.. Program(configuration), "run", "--config", file]);
        await Eventually.HoldsAsync(
            async () => _process.HasExited
                ? throw new InvalidOperationException($"the daemon ended:\n{Log}")
                : File.Exists(ControlSocket) && (await TryAppctlAsync("version")).Code == 0,
            () => $"the daemon does not answer:\n{Log}");
    }

    /// <inheritdoc/>
    public async Task<string> AppctlAsync(params string[] command)
    {
        (int code, string output) = await TryAppctlAsync(command);
        code.ShouldBe(0, output);
        return output;
    }

    /// <inheritdoc/>
    public async Task KillAsync()
    {
        await _process!.SignalAsync("KILL");
        await _process.ExitAsync();
    }

    /// <summary>Looks whether it can account for each packet, if it runs; then ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process == null)
            return;
        try
        {
            if (!_process.HasExited)
                await AccountAsync();
        }
        finally
        {
            await _process.DisposeAsync();
        }
    }

    private static IEnumerable<string> Program(SwitchConfiguration configuration) => configuration.WithoutMru
        ? [DaemonProgram.Dotnet, "exec", typeof(DaemonProcess).Assembly.Location, DaemonWithoutMru.Argument]
        : DaemonProgram.Command;

    /// <summary>
    /// Each packet that was looked up was credited to the rule that it met first, and each that came up was executed, dropped or
    /// lost by one cause. The test's own traffic has ended, but hosts say something of themselves now and then: then it looks again.
    /// </summary>
    private async Task AccountAsync()
    {
        DaemonSnapshot found = await SnapshotAsync();
        IReadOnlyList<ListedRule>[] rules = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                DaemonSnapshot before = found;
                await AppctlAsync("revalidator/wait");
                rules = await Task.WhenAll(configuration.Bridges.Select(bridge => RulesAsync(bridge.Name)));
                found = await SnapshotAsync();
                return found.Datapath.Stats?.Hit == before.Datapath.Stats?.Hit
                    && found.Datapath.Stats?.Missed == before.Datapath.Stats?.Missed
                    && before.Lanes.Concat(found.Lanes).All(lane => lane.Received == lane.Completed);
            },
            () => $"packets come without end:\n{Log}");
        PacketAccount.ShouldBalance(found);
        if (_isFirst && KeepsRules)
            PacketAccount.ShouldBeCredited(found, rules);
    }

    private async Task<DaemonSnapshot> SnapshotAsync() =>
        JsonSerializer.Deserialize(await AppctlAsync("upcall-actors/snapshot"), StatusJson.Default.DaemonSnapshot).ShouldNotBeNull();

    private async Task<IReadOnlyList<ListedRule>> RulesAsync(string bridge)
    {
        using JsonDocument document = JsonDocument.Parse(await AppctlAsync("upcall-actors/rules", bridge));
        return [.. document.RootElement.GetProperty("rules").EnumerateArray().Select(
            rule => rule.Deserialize(StatusJson.Default.ListedRule).ShouldNotBeNull())];
    }

    private Task<(int Code, string Output)> TryAppctlAsync(params string[] command) =>
        Command.TryAsync("ovs-appctl", ["-t", ControlSocket, .. command]);
}
