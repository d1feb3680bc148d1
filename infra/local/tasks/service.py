"""`google.cloud.tasks.v2.CloudTasks` over gRPC. The client library ships no servicer: here is one."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.cloud import tasks_v2, tasks_v2beta3

from infra.local.tasks.depth_calls import DepthCalls
from infra.local.tasks.queue_calls import QueueCalls
from infra.local.tasks.refusal import Refusal
from infra.local.tasks.task_calls import TaskCalls

NAME = "google.cloud.tasks.v2.CloudTasks"


def handler(queues: QueueCalls, tasks: TaskCalls) -> grpc.GenericRpcHandler:
    """Every method this emulator has; gRPC answers UNIMPLEMENTED for the others."""
    return grpc.method_handlers_generic_handler(
        NAME,
        {
            "CreateQueue": _unary(tasks_v2.CreateQueueRequest, queues.create_queue),
            "GetQueue": _unary(tasks_v2.GetQueueRequest, queues.get_queue),
            "ListQueues": _unary(tasks_v2.ListQueuesRequest, queues.list_queues),
            "UpdateQueue": _unary(tasks_v2.UpdateQueueRequest, queues.update_queue),
            "DeleteQueue": _unary(tasks_v2.DeleteQueueRequest, queues.delete_queue),
            "PurgeQueue": _unary(tasks_v2.PurgeQueueRequest, queues.purge_queue),
            "PauseQueue": _unary(tasks_v2.PauseQueueRequest, queues.pause_queue),
            "ResumeQueue": _unary(tasks_v2.ResumeQueueRequest, queues.resume_queue),
            "CreateTask": _unary(tasks_v2.CreateTaskRequest, tasks.create_task),
            "GetTask": _unary(tasks_v2.GetTaskRequest, tasks.get_task),
            "ListTasks": _unary(tasks_v2.ListTasksRequest, tasks.list_tasks),
            "DeleteTask": _unary(tasks_v2.DeleteTaskRequest, tasks.delete_task),
        },
    )


def depths(calls: DepthCalls) -> grpc.GenericRpcHandler:
    """What only v2beta3 has."""
    methods = {"GetQueue": _unary(tasks_v2beta3.GetQueueRequest, calls.get_queue)}
    return grpc.method_handlers_generic_handler("google.cloud.tasks.v2beta3.CloudTasks", methods)


def _unary(request_type: Any, call: Callable[[Any], Any]) -> grpc.RpcMethodHandler:
    async def serve(request: Any, context: grpc.aio.ServicerContext) -> Any:
        try:
            return call(request)
        except Refusal as refusal:
            abort: Awaitable[None] = context.abort(refusal.status, refusal.sentence)
            return await abort

    return grpc.unary_unary_rpc_method_handler(
        serve, request_deserializer=request_type.deserialize, response_serializer=_serialize
    )


def _serialize(message: Any) -> bytes:
    """Bytes of a proto-plus message, or of a plain one (Empty)."""
    pb = getattr(message, "_pb", message)
    serialized: bytes = pb.SerializeToString()
    return serialized
