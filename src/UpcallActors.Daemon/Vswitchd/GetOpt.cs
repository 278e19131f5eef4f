namespace UpcallActors.Daemon.Vswitchd;

/// <summary>
/// Reads a command line as <c>getopt_long(3)</c> of the C library does, which scripts rely on: options by any beginning of their name that
/// fits no other, letters one after the other, words between options.
/// </summary>
/// <param name="options">The options there are.</param>
internal sealed class GetOpt(IReadOnlyList<LongOption> options)
{
    /// <summary>The parts, options in their order and then the words; the last one may be a problem.</summary>
    public IEnumerable<CommandLinePart> Read(IReadOnlyList<string> arguments)
    {
        var words = new List<string>();
        for (int at = 0; at < arguments.Count; at++)
        {
            string argument = arguments[at];
            if (argument == "--")
            {
                words.AddRange(arguments.Skip(at + 1));
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                words.Add(argument);
                continue;
            }

            string? next = at + 1 < arguments.Count ? arguments[at + 1] : null;
            bool tookNext = false;
            foreach (CommandLinePart part in argument[1] == '-' ? [Long(argument[2..], next, out tookNext)] : Letters(argument, next))
            {
                yield return part;
                if (part.Problem is not null)
                    yield break;
                tookNext |= argument[1] != '-' && ReferenceEquals(part.Value, next) && next is not null;
            }

            at += tookNext ? 1 : 0;
        }

        foreach (string word in words)
            yield return new CommandLinePart(null, word);
    }

    private CommandLinePart Long(string text, string? next, out bool tookNext)
    {
        tookNext = false;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        string? value = equals < 0 ? null : text[(equals + 1)..];
        LongOption[] found = [.. options.Where(option => option.Name.StartsWith(name, StringComparison.Ordinal))];
        if (Array.Find(found, option => option.Name == name) is { } exact)
            found = [exact];
        if (found.Length == 0)
            return Wrong($"unrecognized option '--{text}'");
        if (found.Length > 1)
            return Wrong($"option '--{text}' is ambiguous; possibilities:{string.Concat(found.Select(option => $" '--{option.Name}'"))}");
        LongOption one = found[0];
        if (value is not null && one.Argument == false)
            return Wrong($"option '--{one.Name}' doesn't allow an argument");
        if (value is null && one.Argument == true)
        {
            if (next is null)
                return Wrong($"option '--{one.Name}' requires an argument");
            tookNext = true;
            value = next;
        }

        return new CommandLinePart(one.Name, value);
    }

    private IEnumerable<CommandLinePart> Letters(string argument, string? next)
    {
        for (int at = 1; at < argument.Length; at++)
        {
            char letter = argument[at];
            LongOption? option = options.FirstOrDefault(option => option.Letter == letter && letter != '\0');
            if (option is null)
            {
                yield return Wrong($"invalid option -- '{letter}'");
                yield break;
            }

            if (option.Argument == false)
            {
                yield return new CommandLinePart(option.Name, null);
                continue;
            }

            string? rest = at + 1 < argument.Length ? argument[(at + 1)..] : null;
            string? value = rest ?? (option.Argument == true ? next : null);
            yield return value is null && option.Argument == true
                ? Wrong($"option requires an argument -- '{letter}'")
                : new CommandLinePart(option.Name, value);
            yield break;
        }
    }

    private static CommandLinePart Wrong(string problem) => new(null, null, problem);
}
