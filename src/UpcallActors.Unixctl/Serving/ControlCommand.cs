namespace UpcallActors.Unixctl;

/// <summary>Carries out a command.</summary>
/// <param name="call">What is asked.</param>
/// <param name="cancellation">The client has gone, or the daemon ends.</param>
internal delegate ValueTask<ControlReply> ControlHandler(ControlCall call, CancellationToken cancellation);

/// <summary>One call of a command.</summary>
/// <param name="Arguments">The arguments, as many as the command allows.</param>
/// <param name="Session">What the client has set for its connection.</param>
internal readonly record struct ControlCall(IReadOnlyList<string> Arguments, ControlSession Session);

/// <summary>What a client has set for its connection, and what commands can wait for.</summary>
/// <param name="ending">Ends when the control socket begins to close.</param>
internal sealed class ControlSession(Task ending)
{
    private volatile bool _awaitsEnd;

    /// <summary>Ends when the control socket, the daemon's last part, begins to close.</summary>
    public Task Ending => ending;

    /// <summary>Whether a command waits for <see cref="Ending"/>, whose answer is still to be sent then.</summary>
    public bool AwaitsEnd
    {
        get => _awaitsEnd;
        set => _awaitsEnd = value;
    }

    /// <summary>Whether answers are wrapped in a JSON object (<c>set-options --format json</c>).</summary>
    public bool AsJson { get; set; }
}

/// <summary>A command of the control socket.</summary>
/// <param name="Name">The name, such as <c>dpctl/show</c>.</param>
/// <param name="Usage">The arguments, for people; null hides the command from list-commands.</param>
/// <param name="MinArguments">Fewest arguments.</param>
/// <param name="MaxArguments">Most arguments.</param>
/// <param name="Handler">What it does.</param>
internal sealed record ControlCommand(string Name, string? Usage, int MinArguments, int MaxArguments, ControlHandler Handler)
{
    /// <summary>A command that answers at once.</summary>
    public ControlCommand(string name, string? usage, int minArguments, int maxArguments, Func<IReadOnlyList<string>, ControlReply> answer)
        : this(name, usage, minArguments, maxArguments, (call, _) => ValueTask.FromResult(answer(call.Arguments)))
    {
    }
}
