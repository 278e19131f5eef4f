using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A question whether the peer is there, or the answer (<c>OFPT_ECHO_*</c>), which repeats its data.</summary>
/// <param name="Data">What the answer repeats.</param>
internal sealed record EchoMessage(ImmutableArray<byte> Data) : OpenFlowMessage, IWireDecoder<EchoMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out EchoMessage? message)
    {
        message = new EchoMessage([.. body.TakeRest()]);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer) => writer.Bytes(Data.AsSpan());
}
