using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// One OpenFlow action: what it says in ofctl's syntax and what it does in a translation. Immutable, shared by all lanes.
/// Each kind is an entry of <see cref="ActionCatalogue"/>.
/// </summary>
public abstract class OpenFlowAction
{
    /// <summary>Appends the action as <c>ovs-ofctl</c> prints it.</summary>
    public abstract void Format(StringBuilder text);

    /// <inheritdoc/>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Format(text);
        return text.ToString();
    }

    /// <summary>
    /// Does the action. <paramref name="last"/> says that nothing comes after it, in this list or in one around it.
    /// Returns false to end the list it stands in.
    /// </summary>
    internal abstract bool Translate(ref XlateContext context, bool last);

    /// <summary>Whether it changes the mark or label of a connection, which is all that <c>ct(exec(…))</c> may and others must not.</summary>
    internal virtual bool ChangesConnection => false;

    /// <summary>Whether no action may follow it.</summary>
    internal virtual bool EndsList => false;
}
