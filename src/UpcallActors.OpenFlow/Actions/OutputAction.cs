using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Sends the packet to a port: <c>output:2</c>, <c>2</c>, <c>NORMAL</c>, <c>output(2)</c>, <c>output(port=2,max_len=100)</c>. With a length
/// the packet is cut to that many bytes for this output alone (<see cref="MaximumLength"/>, 0 for no cut).
/// </summary>
internal sealed class OutputAction(uint port, uint maximumLength) : OpenFlowAction
{
    // OVS_ACTION_ATTR_TRUNC takes no less than an Ethernet header.
    private const uint ShortestCut = 14;

    public uint Port { get; } = port;

    public uint MaximumLength { get; } = maximumLength;

    /// <summary>
    /// The length that a client said, which counts for the controller alone, and comes back to it (<c>ofpact_output.max_len</c>).
    /// </summary>
    internal ushort SaidLength { get; init; }

    internal override ActionKind Kind => ActionKind.Output;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        // As parse_OUTPUT tells them apart.
        ReadOnlySpan<char> rest = arguments.Cursor.Rest;
        if (rest.Contains("port", StringComparison.Ordinal) && rest.Contains("max_len", StringComparison.Ordinal))
            return ParseCut(ref arguments);
        int start = arguments.Cursor.Position;
        ReadOnlySpan<char> word = arguments.Cursor.TakeWord();
        if (PortText.TryParse(word, arguments.Cursor.Names, out uint port))
            return To(port);
        // Not a port: the field that will hold one.
        TextCursor field = arguments.Cursor.Slice(start, word.Length);
        if (word.IsEmpty || !MatchFields.TryFind(FieldName(word), out _))
            throw arguments.Cursor.ErrorAt(start, word.IsEmpty ? "a port is missing here" : $"there is no port or field '{word}'");
        SubField source = SubField.Parse(ref field);
        if (!field.AtEnd)
            throw field.Error($"'{field.Rest}' is too much here");
        return new OutputFieldAction(source);
    }

    /// <summary>The action for a port alone: the controller gets the whole packet.</summary>
    public static OpenFlowAction To(uint port) =>
        port == OpenFlowPorts.Controller ? new ControllerAction(ControllerRequest.Default, []) : new OutputAction(port, 0);

    public override void Format(StringBuilder text, FlowNames? names)
    {
        text.Append(MaximumLength != 0 ? "output(port=" : Port < OpenFlowPorts.Maximum ? "output:" : "");
        (names ?? FlowNames.None).AppendPort(text, Port);
        if (MaximumLength != 0)
            text.Append(",max_len=").Append(MaximumLength).Append(')');
    }

    internal override ActionProblem? Check(ref ActionCheck check) => Port == OpenFlowPorts.None
        ? new ActionProblem(BadAction.BadOutPort, "there is no port ANY to output to")
        : null;

    // One that cuts the packet is no output in this sense (OFPACT_OUTPUT_TRUNC).
    internal override bool OutputsTo(uint port) => MaximumLength == 0 && Port == port;

    private static ReadOnlySpan<char> FieldName(ReadOnlySpan<char> word) =>
        word.IndexOf('[') is >= 0 and int bracket ? word[..bracket] : word;

    private static OutputAction ParseCut(ref ActionArguments arguments)
    {
        uint port = 0;
        uint length = 0;
        int start = arguments.Cursor.Position;
        while (ActionArguments.TryTakePair(ref arguments.Cursor, out string key, out int keyAt, out TextCursor value))
        {
            if (key == "port")
                port = ActionArguments.TakePort(ref value);
            else if (key == "max_len")
                length = (uint)value.TakeNumber("max_len", uint.MaxValue);
            else
                throw arguments.Cursor.ErrorAt(keyAt, $"'{key}' is no argument of output(...)");
        }

        if (port == 0 || length < ShortestCut)
            throw arguments.Cursor.ErrorAt(start, $"output(...) needs port= and max_len= of {ShortestCut} or more");
        if (port is not (< OpenFlowPorts.Maximum or OpenFlowPorts.Local or OpenFlowPorts.InPort))
            throw arguments.Cursor.ErrorAt(start, $"output(...) cannot cut a packet to {OpenFlowPorts.Format(port)}");
        return new OutputAction(port, length);
    }
}
