using System.Text.Json.Serialization;

namespace UpcallActors.Web;

/// <summary>The JSON of all that the status page gets, without reflection. Names are in camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DaemonSnapshot))]
[JsonSerializable(typeof(FlowListing))]
[JsonSerializable(typeof(RuleListing))]
[JsonSerializable(typeof(TraceAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class StatusJson : JsonSerializerContext;
