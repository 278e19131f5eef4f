using System.Collections.Immutable;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>The actions of a rule, of a <c>clone</c> or of a <c>ct(exec(…))</c>, in order. Immutable; no actions drop the packet.</summary>
public sealed class ActionList
{
    /// <summary>How deep lists may nest in text (<c>MAX_OFPACT_PARSE_DEPTH</c> in Open vSwitch).</summary>
    internal const int MaximumNesting = 100;

    /// <summary>What stands for a list without actions.</summary>
    internal const string Drop = "drop";

    /// <summary>Where a list of actions stands, on which it depends what it may hold.</summary>
    internal enum ListPlace
    {
        /// <summary>In a flow.</summary>
        Rule,

        /// <summary>In a <c>clone</c>.</summary>
        Clone,

        /// <summary>In a <c>ct(exec(…))</c>.</summary>
        Conntrack,
    }

    private ActionList(ImmutableArray<OpenFlowAction> actions) => Actions = actions;

    /// <summary>The list that drops.</summary>
    public static ActionList Empty { get; } = new([]);

    /// <summary>The actions.</summary>
    public ImmutableArray<OpenFlowAction> Actions { get; }

    /// <summary>Reads actions in ofctl's syntax to the end of the text.</summary>
    /// <exception cref="FlowSyntaxException">The text is no list of known actions.</exception>
    internal static ActionList Parse(ref TextCursor cursor) => Parse(ref cursor, places: null);

    /// <summary>
    /// Appends the list as <c>ovs-ofctl</c> prints it; ports and tables by name where they have one in <paramref name="names"/>.
    /// </summary>
    public void Format(StringBuilder text, FlowNames? names = null)
    {
        if (Actions.IsEmpty)
            text.Append(Drop);
        for (int i = 0; i < Actions.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            Actions[i].Format(text, names);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Format(text);
        return text.ToString();
    }

    /// <summary>Reads actions, and notes where each of them begins.</summary>
    internal static ActionList Parse(ref TextCursor cursor, List<int>? places) => Parse(ref cursor, MaximumNesting, ListPlace.Rule, places);

    /// <summary>A list of actions that were read elsewhere.</summary>
    internal static ActionList Of(ImmutableArray<OpenFlowAction> actions) => actions.IsEmpty ? Empty : new(actions);

    /// <summary>A list of one action.</summary>
    internal static ActionList Of(OpenFlowAction action) => new([action]);

    /// <summary>Reads a list that stands in another action's arguments, or the outermost one.</summary>
    internal static ActionList Parse(ref TextCursor cursor, int nestingLeft, ListPlace place, List<int>? places = null)
    {
        bool inConntrack = place == ListPlace.Conntrack;
        if (nestingLeft == 0)
            throw cursor.Error("actions are nested too deeply");
        ImmutableArray<OpenFlowAction>.Builder actions = ImmutableArray.CreateBuilder<OpenFlowAction>(initialCapacity: 1);
        bool drops = false;
        for (cursor.SkipSeparators(); !cursor.AtEnd; cursor.SkipSeparators())
        {
            int start = cursor.Position;
            if (drops)
                throw cursor.Error("no action can follow 'drop'");
            if (actions.Count > 0 && actions[^1].EndsList)
                throw cursor.Error($"no action can follow '{actions[^1]}'");
            OpenFlowAction? action = ParseOne(ref cursor, nestingLeft - 1);
            if (action is null)
            {
                if (actions.Count > 0 || inConntrack)
                    throw cursor.ErrorAt(start, "'drop' must stand alone");
                drops = true;
                continue;
            }

            if (action.ChangesConnection != inConntrack)
                throw cursor.ErrorAt(start, inConntrack
                    ? $"'{action}' has no place in ct(exec(...)), only changes of ct_mark and ct_label have"
                    : $"'{action}' must stand in ct(exec(...))");
            if (action.EndsList && place != ListPlace.Rule)
                throw cursor.ErrorAt(start, $"'{action}' is not allowed here, only as the last action of a flow");
            if (action.BeginsList && (actions.Count > 0 || place != ListPlace.Rule))
                throw cursor.ErrorAt(start, $"'{action}' is not allowed here, only as the first action of a flow");
            actions.Add(action);
            places?.Add(start);
        }

        return actions.Count == 0 ? Empty : new ActionList(actions.DrainToImmutable());
    }

    /// <summary>
    /// Holds each action against what is known of the packets by then; returns what is wrong with the first that does not fit.
    /// </summary>
    internal ActionProblem? Check(ref ActionCheck check)
    {
        for (int i = 0; i < Actions.Length; i++)
        {
            if (Actions[i].Check(ref check) is { } problem)
                return problem with { Action = i };
        }

        return null;
    }

    /// <summary>Whether an action, or one within it, outputs to a port (<c>ofpacts_output_to_port</c>).</summary>
    internal bool OutputsTo(uint port)
    {
        foreach (OpenFlowAction action in Actions)
        {
            if (action.OutputsTo(port) || action.Inner?.OutputsTo(port) == true)
                return true;
        }

        return false;
    }

    /// <summary>Whether an action, or one within it, outputs to a group (<c>ofpacts_output_to_group</c>).</summary>
    internal bool OutputsToGroup(uint group)
    {
        foreach (OpenFlowAction action in Actions)
        {
            if ((action as GroupAction)?.Group == group || action.Inner?.OutputsToGroup(group) == true)
                return true;
        }

        return false;
    }

    /// <summary>Reads one action; null for <c>drop</c>.</summary>
    private static OpenFlowAction? ParseOne(ref TextCursor cursor, int nestingLeft)
    {
        int start = cursor.Position;
        ReadOnlySpan<char> name = cursor.TakeWord(":=(");
        if (name.IsEmpty)
            throw cursor.Error(cursor.Peek == ')' ? "')' closes nothing" : "an action's name is missing here");
        if (name.Equals(Drop, StringComparison.OrdinalIgnoreCase))
            return null;
        if (ActionCatalogue.TryFind(name, out ActionEntry? entry))
        {
            string written = name.SequenceEqual(entry.Name) ? entry.Name : name.ToString();
            ActionArguments arguments = ActionArguments.Take(ref cursor, nestingLeft);
            OpenFlowAction action = entry.Parse(written, ref arguments);
            arguments.ExpectEnd();
            return action;
        }

        // A port alone is an output: 2, LOCAL, NORMAL, or a port's name.
        if (cursor.Peek is not (':' or '=' or '(') && PortText.TryParse(name, cursor.Names, out uint port))
            return OutputAction.To(port);
        throw cursor.ErrorAt(start, $"unknown action '{name}'");
    }
}
