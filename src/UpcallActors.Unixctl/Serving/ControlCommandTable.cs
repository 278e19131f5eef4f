using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl;

/// <summary>
/// All commands, by name. Thread-safe if the commands are. Messages are those of Open vSwitch's unixctl, which scripts know.
/// </summary>
internal sealed class ControlCommandTable
{
    private readonly FrozenDictionary<string, ControlCommand> _commands;
    private readonly ILogger _logger;
    private readonly LogAllowance _allowance = new(TimeProvider.System);
    private long _received;
    private long _replied;

    /// <summary>A table of the commands given and of <c>list-commands</c>, <c>version</c> and <c>set-options</c>.</summary>
    /// <param name="commands">The program's own commands.</param>
    /// <param name="version">What the program is and of which version.</param>
    /// <param name="logger">Where defects of commands are told.</param>
    public ControlCommandTable(IEnumerable<ControlCommand> commands, string version, ILogger logger)
    {
        _logger = logger;
        _commands = commands.Concat(
        [
            new ControlCommand("list-commands", "", 0, 0, _ => List()),
            new ControlCommand("dpctl/list-commands", "", 0, int.MaxValue, _ => ListDpctl()),
            new ControlCommand("version", "", 0, 0, _ => ControlReply.Of(version)),
            new ControlCommand("set-options", "[--format text|json]", 1, 2, SetOptions),
        ]).ToFrozenDictionary(command => command.Name, StringComparer.Ordinal);
    }

    /// <summary>Requests taken (<c>unixctl_received</c>).</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Answers given (<c>unixctl_replied</c>).</summary>
    public long Replied => Volatile.Read(ref _replied);

    /// <summary>Carries out a request. Whatever goes wrong is in the answer; only cancellation throws.</summary>
    internal async ValueTask<ControlReply> RunAsync(ControlRequest request, ControlSession session, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _received);
        ControlReply reply = await AnswerAsync(request, session, cancellation);
        Interlocked.Increment(ref _replied);
        return reply;
    }

    private async ValueTask<ControlReply> AnswerAsync(ControlRequest request, ControlSession session, CancellationToken cancellation)
    {
        string name = request.Method;
        if (!_commands.TryGetValue(name, out ControlCommand? command))
            return ControlReply.Error($"\"{name}\" is not a valid command (use \"list-commands\" to see a list of valid commands)");
        if (request.Arguments is not { } arguments)
            return ControlReply.Error($"\"{name}\" command has non-string argument");
        if (arguments.Count < command.MinArguments)
            return ControlReply.Error(string.Create(CultureInfo.InvariantCulture,
                $"\"{name}\" command requires at least {command.MinArguments} arguments"));
        if (arguments.Count > command.MaxArguments)
            return ControlReply.Error(string.Create(CultureInfo.InvariantCulture,
                $"\"{name}\" command takes at most {command.MaxArguments} arguments"));
        try
        {
            return await command.Handler(new ControlCall(arguments, session), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A command that fails must neither end the connection nor go unanswered.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (_allowance.Take())
                _logger.CommandFailed(failure, name);
            return ControlReply.Error($"{name} failed: {failure.Message}");
        }
    }

    private ControlReply List()
    {
        var text = new StringBuilder("The available commands are:\n");
        foreach (ControlCommand command in _commands.Values.Where(command => command.Usage != null)
            .OrderBy(command => command.Name, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"  {command.Name,-23} {command.Usage}\n");
        return ControlReply.Of(text);
    }

    /// <summary>The commands that <c>ovs-dpctl</c> has too, in its own columns (<c>dpctl_list_commands</c>).</summary>
    private ControlReply ListDpctl()
    {
        const string Prefix = "dpctl/";
        var text = new StringBuilder("The available commands are:\n");
        foreach (ControlCommand command in _commands.Values.OrderBy(command => command.Name, StringComparer.Ordinal))
        {
            if (command.Usage != null && command.Name.StartsWith(Prefix, StringComparison.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"  {Prefix}{command.Name[Prefix.Length..],-23} {command.Usage}\n");
        }

        return ControlReply.Of(text);
    }

    /// <summary>What clients of Open vSwitch 3.5 and later send before a command when they are asked for JSON.</summary>
    private static ValueTask<ControlReply> SetOptions(ControlCall call, CancellationToken cancellation)
    {
        const string Option = "--format";
        string first = call.Arguments[0];
        string? format = call.Arguments.Count == 2 && first == Option ? call.Arguments[1]
            : call.Arguments.Count == 1 && first.StartsWith(Option + "=", StringComparison.Ordinal) ? first[(Option.Length + 1)..]
            : null;
        if (format == null)
            return ValueTask.FromResult(ControlReply.Error(first == Option
                ? "option '--format' requires an argument"
                : $"unrecognized option '{first}'"));
        bool asJson = format.Equals("json", StringComparison.OrdinalIgnoreCase);
        if (!asJson && !format.Equals("text", StringComparison.OrdinalIgnoreCase))
            return ValueTask.FromResult(ControlReply.Error($"option format has invalid value {format}"));
        call.Session.AsJson = asJson;
        return ValueTask.FromResult(ControlReply.Empty);
    }
}
