using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Sends the packet to a controller: <c>CONTROLLER:128</c>, or
/// <c>controller(max_len=128,reason=action,id=7,userdata=01.02)</c>. With <c>pause</c> the actions behind it wait until the controller
/// gives the packet back.
/// </summary>
internal sealed class ControllerAction(ControllerRequest request, ImmutableArray<byte> userData) : OpenFlowAction
{
    private static readonly (string Name, ControllerReason Reason)[] _reasons =
        [
            ("no_match", ControllerReason.NoMatch), ("action", ControllerReason.Action), ("invalid_ttl", ControllerReason.InvalidTtl),
            ("action_set", ControllerReason.ActionSet), ("group", ControllerReason.Group), ("packet_out", ControllerReason.PacketOut),
        ];

    internal override ActionKind Kind => ActionKind.Controller;

    public ControllerRequest Request => request;

    public ImmutableArray<byte> UserData => userData;

    /// <summary>Whether it was said with the extension for it, though an output to the controller says the same.</summary>
    public bool IsExtension { get; init; }

    /// <summary>Whether the packet goes no further until the controller gives it back (<c>NXT_RESUME</c>).</summary>
    public bool Pauses { get; init; }

    /// <summary>The meter that the packet goes through; 0 for the one that the switch has for such packets, if it has one.</summary>
    public uint Meter { get; init; }

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        ControllerRequest request = ControllerRequest.Default;
        if (!arguments.Present)
            return new ControllerAction(request, []);
        if (!arguments.Bracketed || !arguments.Cursor.Rest.ContainsAnyExceptInRange('0', '9'))
            return new ControllerAction(
                request with { MaximumLength = (ushort)arguments.Cursor.TakeNumber("the length", ushort.MaxValue) }, []);

        ImmutableArray<byte> userData = [];
        bool pauses = false;
        uint meter = 0;
        while (ActionArguments.TryTakePair(ref arguments.Cursor, out string key, out int keyAt, out TextCursor value))
        {
            switch (key)
            {
                case "max_len":
                    request = request with { MaximumLength = (ushort)value.TakeNumber("max_len", ushort.MaxValue) };
                    break;
                case "id":
                    request = request with { ControllerId = (ushort)value.TakeNumber("id", ushort.MaxValue) };
                    break;
                case "reason":
                    request = request with { Reason = TakeReason(ref value) };
                    break;
                case "userdata":
                    userData = TakeBytes(ref value);
                    break;
                case "pause":
                    pauses = true;
                    break;
                case "meter_id":
                    meter = (uint)value.TakeNumber("a meter", MeterAction.Maximum);
                    break;
                default:
                    throw arguments.Cursor.ErrorAt(keyAt, $"'{key}' is no argument of controller(...)");
            }
        }

        return new ControllerAction(request, userData) { IsExtension = true, Pauses = pauses, Meter = meter };
    }

    public override void Format(StringBuilder text, FlowNames? names)
    {
        if (request.Reason == ControllerReason.Action && request.ControllerId == 0 && userData.IsEmpty && !Pauses && Meter == 0)
        {
            text.Append("CONTROLLER:").Append(request.MaximumLength);
            return;
        }

        var parts = new List<string>();
        if (request.Reason != ControllerReason.Action)
            parts.Add("reason=" + _reasons.FirstOrDefault(entry => entry.Reason == request.Reason).Name);
        if (request.MaximumLength != ushort.MaxValue)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"max_len={request.MaximumLength}"));
        if (request.ControllerId != 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"id={request.ControllerId}"));
        if (!userData.IsEmpty)
            parts.Add("userdata=" + string.Join('.', userData.Select(value => value.ToString("x2", CultureInfo.InvariantCulture))));
        if (Pauses)
            parts.Add("pause");
        if (Meter != 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"meter_id={Meter}"));
        text.Append("controller(").AppendJoin(',', parts).Append(')');
    }

    internal override bool OutputsTo(uint port) => port == OpenFlowPorts.Controller;

    private static ControllerReason TakeReason(ref TextCursor cursor)
    {
        int start = cursor.Position;
        ReadOnlySpan<char> word = cursor.TakeWord();
        foreach ((string name, ControllerReason reason) in _reasons)
        {
            if (word.SequenceEqual(name))
                return reason;
        }

        throw cursor.ErrorAt(start, $"'{word}' is no reason");
    }

    private static ImmutableArray<byte> TakeBytes(ref TextCursor cursor)
    {
        var bytes = ImmutableArray.CreateBuilder<byte>();
        while (!cursor.AtEnd)
        {
            ReadOnlySpan<char> pair = cursor.Rest[..Math.Min(2, cursor.Rest.Length)];
            if (pair.Length < 2 || !byte.TryParse(pair, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                throw cursor.Error("bytes are written as two hexadecimal digits each, with dots between or without");
            cursor.TryTake(pair);
            cursor.TryTake('.');
            bytes.Add(value);
        }

        return bytes.ToImmutable();
    }
}
