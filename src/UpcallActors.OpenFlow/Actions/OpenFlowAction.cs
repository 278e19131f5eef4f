using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// One OpenFlow action: what it says, and its text in ofctl's syntax. Immutable, shared by all lanes.
/// Each kind is an entry of <see cref="ActionCatalogue"/>.
/// </summary>
public abstract class OpenFlowAction
{
    /// <summary>
    /// Appends the action as <c>ovs-ofctl</c> prints it; ports and tables by name where they have one in <paramref name="names"/>.
    /// </summary>
    public abstract void Format(StringBuilder text, FlowNames? names);

    /// <inheritdoc/>
    public sealed override string ToString() => ToString(names: null);

    /// <summary>With names for ports and tables that have one.</summary>
    public string ToString(FlowNames? names)
    {
        var text = new StringBuilder();
        Format(text, names);
        return text.ToString();
    }

    /// <summary>By which whoever does actions tells them apart.</summary>
    internal abstract ActionKind Kind { get; }

    /// <summary>
    /// Holds the action against what is known of the flow's packets, and tells what they are like behind it. Returns why it cannot stand
    /// in the flow, if so.
    /// </summary>
    internal virtual ActionProblem? Check(ref ActionCheck check) => null;

    /// <summary>
    /// Whether it changes the mark or label of a connection, which is all that <c>ct(exec(…))</c> may and others must not.
    /// </summary>
    internal virtual bool ChangesConnection => false;

    /// <summary>Whether, in text, it stands before all others and in no list within the list.</summary>
    internal virtual bool BeginsList => false;

    /// <summary>Whether no action may follow it.</summary>
    internal virtual bool EndsList => false;

    /// <summary>The list of actions in it, if it has one.</summary>
    internal virtual ActionList? Inner => null;

    /// <summary>Whether it names a port to output to (<c>ofpact_outputs_to_port</c>); what is in it is left out.</summary>
    internal virtual bool OutputsTo(uint port) => false;
}
